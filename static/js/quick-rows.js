// Rows of the quick entry grid in the page: read, written, added. Nothing here talks to the server.
"use strict";
(() => {
  const quick = (window.quick = window.quick || {});
  const form = document.getElementById("luoi");
  if (!form) return;
  const [body, pattern, total] = ["dong-moi", "mau-dong", "id_dong-TOTAL_FORMS"].map((id) => document.getElementById(id));
  const known = new WeakMap();

  const word = (name, value) => (form.dataset[`w${name}`] || "").replace("%s", () => String(value));
  const rows = () => [...form.querySelectorAll("tr[data-row]")];
  const cells = (row) => [...row.querySelectorAll("[data-cell]")];
  const cell = (row, name) => row.querySelector(`[data-cell="${name}"]`);
  const hidden = (row, name) => row.querySelector(`input[type=hidden][name$="-${name}"]`);
  const columns = () => [...form.querySelectorAll("th[data-head]")].map((head) => head.dataset.head);
  const number = (row) => row.querySelector("th .n").textContent.trim();

  // What is remembered of a row while the page is open.
  const info = (row) => {
    if (!known.has(row)) known.set(row, { dirty: false, live: false, tried: null, refused: "", clash: false, timer: 0 });
    return known.get(row);
  };
  const newKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24)))).replaceAll("+", "-").replaceAll("/", "_");
  const words = (row) => Object.fromEntries(cells(row).map((input) => [input.dataset.cell, input.value]));
  const isBlank = (row) => cells(row).every((input) => !input.value.trim());
  const isRecorded = (row) => hidden(row, "pk").value !== "";
  const isKept = (row) => !hidden(row, "mark").value.endsWith(".0");

  const add = () => {
    const index = Number(total.value);
    const made = document.createElement("tbody");
    const count = body.querySelectorAll("tr[data-row]").length + 1;
    made.innerHTML = pattern.innerHTML.replaceAll("__prefix__", String(index)).replaceAll("__number__", String(count));
    const row = made.querySelector("tr");
    hidden(row, "key").value = newKey();
    body.append(row);
    total.value = String(index + 1);
    return row;
  };
  // There is always an empty row below the last one that is used.
  const grow = () => {
    const last = [...body.querySelectorAll("tr[data-row]")].pop();
    if (!last || !isBlank(last)) add();
  };
  const blank = () => [...body.querySelectorAll("tr[data-row]")].find((row) => isBlank(row) && !isRecorded(row) && !isKept(row)) || add();

  const note = (input, text, css) => {
    const place = document.getElementById(`${input.id}_error`);
    input.classList.toggle("is-invalid", css === "invalid-feedback");
    input.classList.toggle("is-noted", css === "cell-note");
    input.toggleAttribute("aria-invalid", false);
    if (css === "invalid-feedback") input.setAttribute("aria-invalid", "true");
    if (!text) {
      place?.remove();
      input.removeAttribute("aria-describedby");
      return;
    }
    const box = place || document.createElement("div");
    box.id = `${input.id}_error`;
    box.className = css;
    box.textContent = text;
    input.setAttribute("aria-describedby", box.id);
    if (!place) input.after(box);
  };
  const tell = (row, errors, notes) => cells(row).forEach((input) => {
    const [error, hint] = [errors[input.dataset.cell], notes[input.dataset.cell]];
    note(input, error || hint || "", error ? "invalid-feedback" : hint ? "cell-note" : "");
  });

  const state = (row, kind, text) => {
    const place = row.querySelector("[data-state]");
    place.className = kind ? `qs-${kind}` : "";
    place.textContent = text;
  };
  const into = (row) => {
    const [place, name] = [row.querySelector("[data-group]"), hidden(row, "group").value];
    place.hidden = !name;
    place.textContent = name ? word("Into", name) : "";
  };

  // A recorded row can be ticked and opened.
  const recorded = (row, answer) => {
    const head = row.querySelector("th");
    let tick = head.querySelector("input[type=checkbox]");
    if (!answer.recorded) tick?.remove();
    if (answer.recorded && !tick) {
      tick = Object.assign(document.createElement("input"), { type: "checkbox", name: "chon", className: "form-check-input" });
      tick.setAttribute("aria-label", word("Pick", number(row)));
      head.prepend(tick);
    }
    if (answer.recorded) tick.value = String(answer.activity);
    if (!answer.url || row.querySelector("[data-open]")) return;
    const link = Object.assign(document.createElement("a"), { href: answer.url, className: "xs", textContent: word("Open") });
    link.dataset.open = "";
    link.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${word("OpenRow", number(row))}` }));
    row.querySelector("[data-state]").after(" ", link);
  };

  // Words set by a script count as typed.
  const fill = (input, text) => { input.value = input.tagName === "TEXTAREA" ? text : text.replace(/\s*[\r\n]+\s*/g, " "); };
  const put = (input, text) => {
    fill(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const say = (text, kind = "warn") => {
    let box = document.getElementById("bao");
    if (!box) {
      box = document.createElement("div");
      box.id = "bao";
      box.setAttribute("role", "alert");
      form.before(box);
    }
    box.className = `note note-${kind} gap`;
    box.textContent = text;
  };

  Object.assign(quick, {
    form, word, rows, cells, cell, hidden, columns, number, info, words, isBlank, isRecorded, isKept, add, grow, blank, note,
    tell, state, into, recorded, fill, put, say, newKey,
  });
})();
