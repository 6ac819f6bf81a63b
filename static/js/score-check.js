// Figures of a check: Enter goes down, each line is saved by itself, what is beside a line is fetched. The form works without.
"use strict";
(() => {
  const form = document.getElementById("cham");
  if (!form) return;
  const word = form.dataset;
  const status = document.getElementById("luu");
  const inputs = [...document.querySelectorAll("[data-points]")];
  const rowOf = (pk) => document.querySelector(`tr[data-line="${pk}"]`);
  const reasonOf = (pk) => document.getElementById(`reason-${pk}`);
  const seenOf = (pk) => document.querySelector(`input[name="seen-${pk}"]`);
  const token = () => form.querySelector("input[name=csrfmiddlewaretoken]").value;
  const timers = new Map();
  const queue = [];
  const dirty = new Set();
  let [busy, retry] = [false, 0];

  // "1.234,5" or "4,5"; NaN for what is no number.
  const number = (text) => {
    const tidy = text.trim().replace(/\s/g, "");
    if (!/^\d{1,3}(\.\d{3})+(,\d+)?$|^\d+(,\d+)?$/.test(tidy)) return NaN;
    return Number(tidy.replace(/\./g, "").replace(",", "."));
  };
  const shown = (value) => {
    const text = Math.abs(value).toFixed(2).replace(".", ",");
    return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
  };

  const say = (kind, text) => {
    if (!status) return;
    status.className = `st ${kind}`;
    if (status.textContent !== text) status.textContent = text;
  };
  const tell = () => {
    if (document.querySelector(".ck-row .is-invalid")) return say("st-err", word.wrong);
    if (busy || queue.length) return say("st-wait", word.saving);
    if (!dirty.size) {
      const now = new Date();
      const two = (part) => String(part).padStart(2, "0");
      say("st-ok", `${word.saved} ${two(now.getHours())}:${two(now.getMinutes())}`);
    }
  };

  const mark = (input, text) => {
    input.classList.toggle("is-invalid", Boolean(text));
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    const place = input.parentElement.querySelector(".invalid-feedback");
    if (place) place.textContent = text || "";
  };

  // What can be said at once: over the maximum, the difference, whether a reason is asked for.
  const look = (input) => {
    const pk = input.dataset.points;
    const row = rowOf(pk);
    const value = number(input.value);
    const most = Number(input.dataset.max);
    if (value > most) mark(input, `${word.over} ${shown(most).replace("+", "")}`);
    else mark(input, "");
    const then = number(input.dataset.then || "");
    const cell = row.querySelector("[data-off]");
    if (!cell) return;
    const off = Number.isNaN(value) || Number.isNaN(then) ? null : Math.round((value - then) * 10000) / 10000;
    paint(row, off === null ? "–" : shown(off), off === null || off === 0 ? "zero" : off > 0 ? "up" : "down");
    if (off) row.classList.add("ck-asks");
    else if (!reasonOf(pk).value) row.classList.remove("ck-asks");
  };
  const paint = (row, text, kind) => {
    const cell = row.querySelector("[data-off]");
    if (!cell) return;
    cell.textContent = text;
    const box = cell.closest("td");
    box.classList.remove("ck-up", "ck-down", "ck-zero");
    box.classList.add(`ck-${kind}`);
    row.classList.toggle("ck-diff", kind !== "zero");
  };
  const needsReason = (input) => {
    const off = Math.abs(number(input.value) - number(input.dataset.then || ""));
    const reason = reasonOf(input.dataset.points);
    return off > 0 && off >= Number(word.from) - 1e-9 && reason && !reason.value.trim();
  };

  const put = (pk, agree = false) => {
    clearTimeout(timers.get(pk));
    const old = queue.find((one) => one.pk === pk);
    if (old) old.agree = old.agree || agree;
    else queue.push({ pk, agree });
    pump();
  };
  const later = (pk) => {
    dirty.add(pk);
    clearTimeout(timers.get(pk));
    timers.set(pk, setTimeout(() => leave(pk), 1500));
  };
  const leave = (pk) => {
    if (!dirty.has(pk)) return;
    const input = document.getElementById(`points-${pk}`);
    if (input.classList.contains("is-invalid")) return tell();
    if (needsReason(input)) {
      if (document.activeElement !== input) say("st-warn", word.why);
      return;
    }
    put(pk);
  };

  const pump = async () => {
    if (busy || retry || !queue.length) return;
    // On the page of one agency everything that waits goes in one request; of several agencies line by line.
    const some = queue.splice(0, word.side && !queue[0].alone ? 40 : 1);
    busy = true;
    tell();
    try {
      await send(some);
    } finally {
      busy = false;
      tell();
    }
    pump();
  };
  const again = (some) => {
    queue.unshift(...some);
    say("st-err", word.lost);
    retry = setTimeout(() => { retry = 0; pump(); }, 3000);
  };
  const typed = (pk) => `${document.getElementById(`points-${pk}`).value}\n${reasonOf(pk) ? reasonOf(pk).value : ""}`;
  const send = async (some) => {
    const body = new URLSearchParams();
    const sent = new Map();
    some.forEach(({ pk, agree }) => {
      sent.set(pk, typed(pk));
      body.append("line", pk);
      body.append(`points-${pk}`, document.getElementById(`points-${pk}`).value);
      body.append(`reason-${pk}`, reasonOf(pk) ? reasonOf(pk).value : "");
      body.append(`seen-${pk}`, seenOf(pk).value);
      if (agree) body.append("agree", pk);
    });
    let answer;
    try {
      answer = await fetch(word.save, { method: "POST", headers: { "X-CSRFToken": token(), Accept: "application/json" }, body, credentials: "same-origin" });
    } catch {
      return again(some);
    }
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    if (answer.status >= 500) return again(some);
    if (!isJson) return say("st-err", word.out);
    const data = await answer.json();
    if (data.problems) {
      const wrong = new Set(data.problems.map(([field]) => field.split("-")[1]));
      data.problems.forEach(([field, text]) => {
        const place = document.getElementById(field);
        if (place) mark(place, text);
      });
      wrong.forEach((pk) => { if (rowOf(pk)) rowOf(pk).classList.add("ck-asks"); });
      // Nothing of the request was written: the lines without a fault go once more.
      if (some.length > 1) queue.push(...some.filter(({ pk }) => !wrong.has(pk)));
      return undefined;
    }
    some.forEach(({ pk, agree }) => refresh(data, pk, agree || sent.get(pk) === typed(pk)));
    if (answer.status === 409) (data.stale || []).forEach((pk) => mark(document.getElementById(`points-${pk}`), word.stale));
    return undefined;
  };

  const refresh = (data, pk, settled) => {
    const one = data.lines[pk];
    if (one) {
      const row = rowOf(pk);
      seenOf(pk).value = one.seen;
      if (settled) {
        const input = document.getElementById(`points-${pk}`);
        if (document.activeElement !== input || number(input.value) !== number(one.typed)) input.value = one.typed;
        input.defaultValue = one.typed;
        if (reasonOf(pk)) { reasonOf(pk).value = one.reason; mark(reasonOf(pk), ""); }
        mark(input, "");
        paint(row, one.off, one.kind);
        row.classList.toggle("ck-asks", one.kind !== "zero" || Boolean(one.reason));
        dirty.delete(pk);
      }
      const agree = row.querySelector(".ck-agree");
      if (agree) agree.disabled = one.agreed;
    }
    // The page over all agencies shows no sums of one of them.
    const brief = document.getElementById("tom-tat");
    if (brief) brief.textContent = data.summary;
    const label = document.getElementById("nhan-tong");
    if (label) label.textContent = data.label;
    if (brief) Object.entries(data.sums).forEach(([key, value]) => {
      const place = document.querySelector(`[data-sum="${CSS.escape(key)}"]`);
      if (place) place.textContent = value;
    });
    // What could be agreed with in one go has changed: those buttons name a number that holds no more.
    document.querySelectorAll(".ck-bulk form").forEach((one) => { one.hidden = true; });
    document.querySelectorAll("[data-given]").forEach((place) => {
      let row = place.closest("tr").nextElementSibling;
      let given = 0;
      for (; row && !row.classList.contains("sec"); row = row.nextElementSibling) {
        const seen = row.dataset.line && seenOf(row.dataset.line);
        if (seen && seen.value !== "0") given += 1;
      }
      place.textContent = given;
    });
    const done = document.getElementById("xong");
    if (done) done.toggleAttribute("aria-disabled", data.left > 0);
  };

  const next = (input, step) => {
    const seen = inputs.filter((one) => one.offsetParent !== null);
    const to = seen[seen.indexOf(input) + step];
    if (to) {
      to.focus();
      to.select();
    } else if (step > 0 && document.getElementById("tiep")) {
      document.getElementById("tiep").focus();
    }
  };
  const down = (input) => {
    leave(input.dataset.points);
    if (dirty.has(input.dataset.points) && needsReason(input) && !input.classList.contains("is-invalid")) {
      reasonOf(input.dataset.points).focus();
      return;
    }
    next(input, 1);
  };

  inputs.forEach((input) => {
    const pk = input.dataset.points;
    const row = rowOf(pk);
    const off = row.querySelector(".ck-off");
    row.classList.toggle("ck-diff", Boolean(off && !off.classList.contains("ck-zero")));
    input.addEventListener("input", () => { look(input); later(pk); });
    input.addEventListener("focus", () => here(row));
    input.addEventListener("blur", () => leave(pk));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey) {
        event.preventDefault();
        down(input);
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        next(input, event.key === "ArrowDown" ? 1 : -1);
      } else if (event.altKey && event.key.toLowerCase() === "y" && row.querySelector(".ck-agree")) {
        event.preventDefault();
        put(pk, true);
        next(input, 1);
      } else if (event.altKey && event.key.toLowerCase() === "m" && row.querySelector("[data-side]")) {
        event.preventDefault();
        beside(row.querySelector("[data-side]"));
      }
    });
    input.addEventListener("paste", (event) => column(event, input));
    const reason = reasonOf(pk);
    if (!reason) return;
    reason.addEventListener("input", () => { mark(reason, ""); dirty.add(pk); });
    reason.addEventListener("blur", () => leave(pk));
    reason.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      leave(pk);
      next(input, 1);
    });
  });

  // A column copied from a spreadsheet fills the lines below.
  const column = (event, input) => {
    const text = (event.clipboardData || { getData: () => "" }).getData("text");
    const values = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t")[0].trim());
    if (values.length < 2) return;
    event.preventDefault();
    const seen = inputs.filter((one) => one.offsetParent !== null);
    const start = seen.indexOf(input);
    values.forEach((value, place) => {
      const to = seen[start + place];
      if (!to || !value) return;
      to.value = value;
      look(to);
      dirty.add(to.dataset.points);
      leave(to.dataset.points);
    });
  };

  document.querySelectorAll(".ck-agree").forEach((button) => button.addEventListener("click", (event) => {
    event.preventDefault();
    put(button.value, true);
  }));

  const here = (row) => {
    document.querySelectorAll(".ck-here").forEach((one) => one.classList.remove("ck-here"));
    row.classList.add("ck-here");
  };
  const only = document.getElementById("chi-chenh");
  if (only) only.addEventListener("change", () => document.querySelector(".ck-t").classList.toggle("ck-only", only.checked));

  // What stands beside a line.
  const side = document.getElementById("ben");
  const beside = async (link) => {
    if (!side || !word.side) { window.location.assign(link.href); return; }
    try {
      const answer = await fetch(`${word.side}${link.dataset.side}/`, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error("no panel");
      side.innerHTML = await answer.text();
      here(rowOf(link.dataset.side));
      const send = side.querySelector("form");
      if (send && window.matchMedia("(max-width: 767.98px)").matches) side.scrollIntoView();
    } catch {
      window.location.assign(link.href);
    }
  };
  document.querySelectorAll("[data-side]").forEach((link) => {
    if (!link.matches("a")) return;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !side) return;
      event.preventDefault();
      beside(link);
    });
  });

  // The way to the next sheet waits until everything is saved.
  document.querySelectorAll(".page-head a").forEach((link) => link.addEventListener("click", (event) => {
    dirty.forEach((pk) => leave(pk));
    if (event.ctrlKey || event.metaKey || retry || (!busy && !queue.length)) return;
    event.preventDefault();
    const wait = setInterval(() => {
      if (busy || queue.length) return;
      clearInterval(wait);
      window.location.assign(link.href);
    }, 50);
  }));

  window.addEventListener("beforeunload", (event) => {
    if (dirty.size || queue.length || busy) event.preventDefault();
  });
  form.addEventListener("submit", () => { dirty.clear(); queue.splice(0); });
  // A form that only makes sense once everything is saved waits for it.
  document.querySelectorAll(".actionbar form, .ck-bulk form").forEach((one) => one.addEventListener("submit", (event) => {
    dirty.forEach((pk) => leave(pk));
    if (!busy && !queue.length) { dirty.clear(); return; }
    event.preventDefault();
    const wait = setInterval(() => {
      if (busy || queue.length) return;
      clearInterval(wait);
      dirty.clear();
      one.submit();
    }, 100);
  }));
})();
