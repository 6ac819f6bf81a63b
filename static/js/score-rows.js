// A score sheet for reading: filters, and what stands beside a line opens below its row.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("tbody[data-row]")];
  const bar = document.getElementById("loc");
  let now = "";

  const apply = () => {
    let some = false;
    rows().forEach((row) => {
      const fits = !now || (row.dataset.f || "").split(" ").includes(now) || row.contains(document.activeElement);
      row.hidden = !fits;
      some = some || fits;
    });
    document.querySelectorAll(".s-sec").forEach((section) => { section.hidden = !section.querySelector("tbody[data-row]:not([hidden])"); });
    document.querySelectorAll(".s-head").forEach((head) => { head.hidden = Boolean(now); });
    const none = document.getElementById("khong-dong");
    if (none) none.hidden = some;
  };
  bar?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filter]");
    if (!button) return;
    now = button.dataset.filter;
    bar.querySelectorAll("[data-filter]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    document.activeElement?.blur?.();
    button.focus();
    apply();
  });

  // The part of a line: fetched once, closed by the same link; its forms are sent in place.
  const fill = async (place, answer) => { place.innerHTML = answer.ok || answer.status === 422 ? await answer.text() : ""; };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-more]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const row = link.closest("tbody");
    const place = row.querySelector("[data-part]");
    if (place.firstChild) {
      place.replaceChildren();
      link.setAttribute("aria-expanded", "false");
      return;
    }
    try {
      const answer = await fetch(`${link.href}?manh=1`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error("refused");
      await fill(place, answer);
      row.querySelector(".s-sub").classList.add("s-has");
      link.setAttribute("aria-expanded", "true");
    } catch {
      location.href = link.href;
    }
  });
  document.addEventListener("submit", async (event) => {
    const place = event.target.closest("[data-part]");
    if (!place) return;
    event.preventDefault();
    const body = new FormData(event.target, event.submitter);
    try {
      const answer = await fetch(`${event.target.action}?manh=1`, { method: "POST", body: new URLSearchParams(body), headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
      await fill(place, answer);
      const [files, notes] = place.querySelectorAll("h3 .n");
      const shown = place.closest("tbody").querySelectorAll("[data-more] .n");
      if (files) shown[0].textContent = files.textContent.replace(/\D/g, "");
      if (notes) shown[1].textContent = notes.textContent.replace(/\D/g, "");
      document.dispatchEvent(new CustomEvent("score:line", { detail: place.closest("tbody") }));
    } catch {
      event.target.submit();
    }
  });
  window.scoreRows = { apply, rows };
})();
