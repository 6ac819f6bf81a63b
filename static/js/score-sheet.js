// A score sheet while it is filled in: each line is saved by itself, keys as in a spreadsheet.
"use strict";
(() => {
  const form = document.getElementById("bang");
  if (!form) return;
  const [PAUSE, PATIENCE, LONGEST] = [1500, 20000, 30000];
  const FIELDS = ["points", "actual", "target", "percent", "count", "yes", "level", "mark", "explanation", "citation"];
  const bar = document.getElementById("tinh-trang");
  const rows = () => window.scoreRows.rows().filter((row) => row.querySelector(`[name="${row.dataset.row}-version"]`));
  const known = new WeakMap();
  const info = (row) => {
    if (!known.has(row)) known.set(row, { dirty: false, tried: null, timer: 0 });
    return known.get(row);
  };
  const queue = [];
  let [busy, failures, retry, trouble, leaving, last] = [false, 0, 0, "", false, ""];

  const control = (row, name) => {
    const all = [...document.getElementsByName(`${row.dataset.row}-${name}`)];
    return all.length > 1 || all[0]?.type === "radio" ? all : all[0];
  };
  const read = (row, name) => {
    const found = control(row, name);
    if (!found) return "";
    return Array.isArray(found) ? (found.find((one) => one.checked)?.value ?? "") : found.value;
  };
  const write = (row, name, text) => {
    const found = control(row, name);
    if (!found) return;
    if (Array.isArray(found)) found.forEach((one) => { one.checked = one.value === text; });
    else if (found.value !== text) found.value = text;
  };
  const values = (row) => Object.fromEntries(FIELDS.map((name) => [name, read(row, name)]));
  const cells = () => rows().filter((row) => !row.hidden).map((row) => row.querySelector("input[data-cell], .picks input:checked, .picks input")).filter(Boolean);

  // -- what is told --------------------------------------------------------------------------------
  const unsaved = () => rows().filter((row) => info(row).dirty || info(row).tried || info(row).clash);
  const show = () => {
    const count = unsaved().length;
    const word = (name) => form.dataset[name].replace("%(count)s", count);
    const text = !count ? last : trouble ? word(trouble) : busy ? form.dataset.saving : word("left");
    if (text) bar.textContent = text;
    bar.className = `st ${count && trouble ? "bad" : count ? "" : "ok"}`;
  };
  const state = (row, kind, text) => {
    const place = row.querySelector("[data-state]");
    place.className = `xs s-state ${kind}`;
    place.textContent = text;
  };
  const complain = (row, text) => {
    const place = row.querySelector(".s-error");
    place.textContent = text;
    place.hidden = !text;
    row.querySelectorAll("input[data-cell]").forEach((input) => {
      input.classList.toggle("is-invalid", Boolean(text));
      if (text) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", place.id);
      } else {
        input.removeAttribute("aria-invalid");
      }
    });
  };
  // Over the maximum is told at once; the server says everything else.
  const number = (text) => {
    const bare = text.trim().replace(/\s/g, "").replace(/%$/, "");
    if (!/^[-−–]?\d+(\.\d{3})*(,\d+)?$/.test(bare) && !/^\d+([.,]\d+)?$/.test(bare)) return NaN;
    const plain = bare.includes(",") || /^\d{1,3}(\.\d{3})+$/.test(bare) ? bare.replaceAll(".", "").replace(",", ".") : bare;
    return Number(plain.replace(/[−–]/, "-"));
  };
  const look = (row) => {
    row.classList.toggle("s-marked", Boolean(read(row, "mark")));
    const input = row.querySelector('input[data-cell="points"]');
    const text = input && !read(row, "mark") ? input.value.trim() : "";
    const value = text ? number(text) : 0;
    const most = Number(row.dataset.max);
    complain(row, Number.isNaN(value) ? form.dataset.unread : value > most ? form.dataset.most.replace("%(most)s", String(most).replace(".", ",")) : "");
  };

  // -- saving --------------------------------------------------------------------------------------
  const put = (row) => { if (!queue.includes(row)) queue.push(row); };
  const pump = async () => {
    if (busy || retry || trouble === "out" || !queue.length) return;
    const row = queue.shift();
    busy = true;
    show();
    try {
      await send(row);
    } finally {
      busy = false;
      show();
    }
    pump();
  };
  const later = (row, what) => {
    trouble = what;
    failures += 1;
    queue.unshift(row);
    clearTimeout(retry);
    retry = setTimeout(again, Math.min(LONGEST, 1000 * 2 ** failures));
  };
  const again = () => {
    clearTimeout(retry);
    retry = 0;
    pump();
  };
  const send = async (row) => {
    const one = info(row);
    if (one.clash || (!one.dirty && !one.tried)) return;
    const given = values(row);
    const pk = row.dataset.row;
    const body = new URLSearchParams({ dong: pk, nguoi: form.dataset.user, [`${pk}-version`]: document.getElementsByName(`${pk}-version`)[0].value });
    FIELDS.forEach((name) => body.set(`${pk}-${name}`, given[name]));
    let answer;
    try {
      answer = await fetch(form.dataset.saveUrl, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value }, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      one.tried = true;
      state(row, "bad", form.dataset.unsaved);
      return later(row, "offline");
    }
    if (answer.status >= 500 || answer.status === 429) {
      one.tried = true;
      return later(row, "offline");
    }
    failures = 0;
    one.tried = null;
    if (answer.status === 401 || answer.redirected) {
      trouble = "out";
      queue.unshift(row);
      return state(row, "bad", form.dataset.unsaved);
    }
    trouble = "";
    const told = await answer.json().catch(() => ({}));
    return answer.ok ? saved(row, given, told) : refused(row, told);
  };
  const saved = (row, given, told) => {
    const one = info(row);
    const pk = row.dataset.row;
    const now = values(row);
    document.getElementsByName(`${pk}-version`)[0].value = told.version;
    document.getElementsByName(`${pk}-was`)[0].value = told.was;
    last = told.saved;
    row.querySelector("[data-points]").textContent = told.points;
    const how = row.querySelector("[data-how]");
    how.textContent = [told.how, ...told.warnings].filter(Boolean).join(" · ");
    how.hidden = !how.textContent;
    if (FIELDS.some((name) => now[name] !== given[name])) return put(row);
    one.dirty = false;
    complain(row, "");
    state(row, "ok", "");
    if (!row.contains(document.activeElement)) FIELDS.forEach((name) => write(row, name, told.values[name]));
    const keys = new Set((row.dataset.f || "").split(" ").filter(Boolean));
    if (told.answered) keys.delete("chua");
    else keys.add("chua");
    row.dataset.f = [...keys].join(" ");
    row.classList.toggle("sr-new", !told.answered);
    return count();
  };
  const refused = (row, told) => {
    const one = info(row);
    state(row, "bad", form.dataset.unsaved);
    if (told.error === "overtaken") {
      one.clash = true;
      return clash(row, told);
    }
    one.dirty = true;
    const [name, sentence] = Object.entries(told.errors || {})[0] || ["facts", told.sentence || form.dataset.unsaved];
    complain(row, sentence);
    if (name === "reason" || name === "explanation") open(row, true);
    return undefined;
  };
  const clash = (row, told) => {
    const one = info(row);
    const box = Object.assign(document.createElement("div"), { className: "note note-warn s-clash" });
    box.setAttribute("role", "alert");
    const inside = document.createElement("div");
    inside.append(Object.assign(document.createElement("b"), { textContent: told.sentence }));
    told.differ.forEach((each) => {
      const line = document.createElement("p");
      line.textContent = `${each.label}: ${form.dataset.mineIs} “${each.mine}”, ${form.dataset.theirsIs} “${each.theirs}”`;
      inside.append(line);
    });
    const close = (keep) => {
      document.getElementsByName(`${row.dataset.row}-version`)[0].value = told.version;
      if (!keep) FIELDS.forEach((name) => write(row, name, told.theirs[name]));
      one.clash = false;
      one.dirty = true;
      box.remove();
      look(row);
      put(row);
      pump();
    };
    [["mine", true], ["theirs", false]].forEach(([word, keep]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: form.dataset[word] });
      button.addEventListener("click", () => close(keep));
      inside.append(button, " ");
    });
    box.append(inside);
    row.querySelector(".s-sub").classList.add("s-has");
    row.querySelector(".s-sub .f").prepend(box);
  };

  // The totals come from the server's one function, a moment after the last saving.
  let counting = 0;
  const count = () => {
    clearTimeout(counting);
    counting = setTimeout(async () => {
      const answer = await fetch(form.dataset.totalsUrl, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
      if (!answer?.ok) return;
      const told = await answer.json();
      form.querySelector("[name=csrfmiddlewaretoken]").value = told.token;
      Object.entries({ tong: told.total, "da-cham": told.answered, "tat-ca": told.all, thieu: told.lacking }).forEach(([id, text]) => { document.getElementById(id).textContent = text; });
      document.getElementById("tam-tinh").hidden = !told.provisional;
      document.querySelectorAll("[data-unscored]").forEach((one) => { one.textContent = told.left; });
      document.querySelectorAll("[data-words]").forEach((one) => { one.textContent = told.sections[one.dataset.words] ?? one.textContent; });
    }, 400);
  };

  // -- when ----------------------------------------------------------------------------------------
  const touch = (row) => {
    const one = info(row);
    one.dirty = true;
    look(row);
    clearTimeout(one.timer);
    one.timer = setTimeout(() => {
      put(row);
      pump();
    }, PAUSE);
    show();
  };
  const rowOf = (target) => {
    const row = target.closest?.("tbody[data-row]");
    return row && target.form === form ? row : null;
  };
  document.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    if (event.target.matches(".picks input, [data-cell]") && event.target.dataset.cell !== "target") write(row, "mark", "");
    if (event.target.matches(".s-mark") && event.target.value) {
      row.querySelectorAll(".picks input").forEach((one) => { one.checked = false; });
      if (event.target.value === "not_arisen") open(row, true);
    }
    touch(row);
  });
  document.addEventListener("focusin", (event) => {
    document.querySelectorAll(".sr.s-at").forEach((one) => one.classList.remove("s-at"));
    rowOf(event.target)?.classList.add("s-at");
  });
  document.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (!row || row.contains(event.relatedTarget) || !info(row).dirty) return;
    clearTimeout(info(row).timer);
    put(row);
    pump();
  });
  window.addEventListener("online", () => { if (trouble === "offline") again(); });
  window.addEventListener("focus", () => {
    if (trouble !== "out") return;
    trouble = "";
    count();
    setTimeout(again, 800);
  });
  window.addEventListener("beforeunload", (event) => {
    if (leaving || !unsaved().length) return;
    event.preventDefault();
    event.returnValue = "";
  });
  form.addEventListener("submit", () => { leaving = true; });
  document.addEventListener("score:line", (event) => {
    count();
    if (event.detail) event.detail.querySelector("[data-lack]")?.remove();
  });

  // -- keys, pasting, buttons ----------------------------------------------------------------------
  const go = (input) => {
    if (!input) return;
    input.closest("details:not([open])")?.setAttribute("open", "");
    input.focus();
    input.select?.();
    input.scrollIntoView({ block: "nearest" });
  };
  const step = (input, by) => {
    const all = cells();
    const place = all.findIndex((one) => one.closest("tbody") === input.closest("tbody"));
    go(all[place + by]);
  };
  const nextUnscored = () => {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const order = [...all.slice(here + 1), ...all.slice(0, here + 1)];
    const row = order.find((one) => one.classList.contains("sr-new") && !info(one).dirty);
    if (!row) return;
    row.hidden = false;
    go(row.querySelector("input[data-cell], .picks input"));
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.key.toLowerCase() === "n") {
      event.preventDefault();
      nextUnscored();
      return;
    }
    if (event.isComposing || event.key !== "Enter" || !rowOf(event.target)) return;
    if (event.target.matches("textarea")) return;
    event.preventDefault();
    if (event.target.matches(".picks input")) {
      event.target.checked = true;
      touch(rowOf(event.target));
    }
    step(event.target, event.shiftKey ? -1 : 1);
  });
  document.addEventListener("paste", (event) => {
    const row = rowOf(event.target);
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!row || !event.target.dataset.cell || !/[\t\r\n]/.test(text.trim())) return;
    event.preventDefault();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    const all = rows().filter((one) => !one.hidden);
    const start = all.indexOf(row);
    lines.forEach((line, place) => {
      const target = all[start + place];
      if (!target) return;
      const inputs = [...target.querySelectorAll("input[data-cell]")];
      const first = target === row ? inputs.indexOf(event.target) : 0;
      const parts = line.split("\t");
      if (!parts.some((part) => part.trim())) return;
      parts.forEach((part, at) => {
        const input = inputs[first + at];
        if (input && part.trim()) input.value = part.trim();
      });
      touch(target);
    });
  });
  const open = (row, wanted) => {
    const texts = row.querySelector(".s-texts");
    const isOpen = wanted ?? texts.classList.contains("s-closed");
    texts.classList.toggle("s-closed", !isOpen);
    row.querySelector(".s-sub").classList.toggle("s-has", isOpen || Boolean(row.querySelector("[data-part]").firstChild));
    row.querySelector("[data-explain]")?.setAttribute("aria-expanded", String(isOpen));
    if (isOpen && wanted === undefined) texts.querySelector("textarea").focus();
  };
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tbody[data-row]");
    if (!row) return;
    if (event.target.closest("[data-explain]")) open(row);
    const use = event.target.closest("[data-use]");
    if (!use) return;
    FIELDS.forEach((name) => { if (name in use.dataset) write(row, name, use.dataset[name]); });
    write(row, "mark", "");
    touch(row);
  });
  rows().forEach((row) => {
    row.classList.toggle("s-marked", Boolean(read(row, "mark")));
    if (form.hasAttribute("data-dirty") && !row.querySelector(".s-error").hidden) info(row).dirty = true;
  });
  show();
})();
