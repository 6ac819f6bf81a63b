// The editor of the criteria table: Alt with an arrow moves the row one stands on, the kind of a criterion shows its
// fields at once. Without this file the same buttons do the same.
"use strict";
(() => {
  // The kind was changed: the page comes back with the fields of the new one.
  const show = document.querySelector("button[data-show-rule]");
  const rule = document.getElementById("id_rule");
  if (show && rule) {
    show.classList.add("visually-hidden");
    rule.addEventListener("change", () => rule.form.requestSubmit(show));
  }

  const rows = [...document.querySelectorAll("tr[data-row]")];
  if (!rows.length) return;
  const actions = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = event.target.closest && event.target.closest("tr[data-row]");
    if (!row) return;
    event.preventDefault();
    const button = row.querySelector(`button[value^="${action}-"]`);
    if (button) button.click();
  });

  // After a move the row is stood on again, so that the next arrow moves it on.
  const stood = document.querySelector(location.hash && /^#m[0-9]+$/.test(location.hash) ? location.hash : "#none");
  if (stood) {
    stood.focus({ preventScroll: true });
    stood.scrollIntoView({ block: "nearest" });
  }
  // The line to type into; after loading, since the jump to "#them" takes the focus away.
  const line = document.querySelector("#them input[name=title]");
  if (line) window.addEventListener("load", () => setTimeout(() => line.focus(), 0));
})();
