// Each row is saved by itself, 1.5 s after a change and when it is left; what could not be saved is tried again.
"use strict";
(() => {
  const quick = window.quick;
  if (!quick || !quick.form) return;
  const { form, word, info, hidden, store } = quick;
  const [PAUSE, PATIENCE, LONGEST] = [1500, 20000, 30000];
  const bar = document.getElementById("tinh-trang");
  const queue = [];
  let [busy, failures, retry, trouble, lastTime, leaving, waiting] = [false, 0, 0, "", "", false, []];

  const token = () => form.querySelector("input[name=csrfmiddlewaretoken]");
  const unsaved = () => quick.rows().filter((row) => {
    const one = info(row);
    return one.dirty || one.tried || one.refused || one.clash;
  });

  const show = () => {
    const count = unsaved().length;
    bar.className = `st q-bar ${count && trouble ? "q-bad" : count ? "q-wait" : "q-good"}`;
    if (trouble === "out" && count) {
      if (!bar.querySelector("a")) {
        const link = Object.assign(document.createElement("a"), { textContent: word("SignIn"), target: "_blank", rel: "noopener" });
        link.href = `${form.dataset.signIn || "/tai-khoan/dang-nhap/"}`;
        bar.replaceChildren(`${word("Out", count)} `, link);
      }
      return;
    }
    let text = lastTime;
    if (count) text = trouble === "offline" ? word("Offline", count) : trouble === "busy" ? word("Busy", count) : busy ? word("Saving") : word("Left", count);
    if (bar.textContent !== text) bar.textContent = text;
  };

  const put = (row) => {
    if (!queue.includes(row)) queue.push(row);
  };
  const pump = async () => {
    if (busy || retry || trouble === "out" || !queue.length) return settle();
    const row = queue.shift();
    busy = true;
    show();
    try {
      await send(row);
    } finally {
      busy = false;
      show();
    }
    return pump();
  };
  const settle = () => {
    if (busy || queue.length || retry) return;
    waiting.splice(0).forEach((done) => done());
  };
  const later = (row, what, seconds) => {
    trouble = what;
    failures += 1;
    if (row) queue.unshift(row);
    const pause = Math.min(LONGEST, seconds * 1000 || 1000 * 2 ** failures);
    clearTimeout(retry);
    retry = setTimeout(again, pause);
    waiting.splice(0).forEach((done) => done());
  };
  const again = () => {
    clearTimeout(retry);
    retry = 0;
    pump();
  };

  const payload = (row) => {
    const one = info(row);
    const fields = { ...quick.words(row), nguoi: form.dataset.user, order: String(quick.rows().indexOf(row)) };
    ["key", "pk", "mark", "group"].forEach((name) => { fields[name] = hidden(row, name).value; });
    if (one.live) fields.live = "1";
    return fields;
  };
  const post = (fields) => fetch(form.dataset.saveUrl, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": token().value },
    body: new URLSearchParams(fields),
    credentials: "same-origin",
    signal: AbortSignal.timeout(PATIENCE),
  });

  // After an answer that never came the same words go out once more, so that they are recorded once; newer ones follow.
  const send = async (row) => {
    const one = info(row);
    if (one.clash || (!one.dirty && !one.tried && !one.forced)) return;
    one.live = row.contains(document.activeElement) && !one.forced;
    const fields = one.tried || payload(row);
    let answer;
    try {
      answer = await post(fields);
      if (answer.status === 403 && !one.renewed) {
        one.renewed = true;
        if (await renew()) answer = await post(fields);
      }
    } catch {
      one.tried = fields;
      quick.state(row, "bad", word("Unsaved"));
      store.keep(row);
      return later(row, "offline", 0);
    }
    if (answer.status >= 500 || answer.status === 429) {
      one.tried = fields;
      quick.state(row, "bad", word("Unsaved"));
      return later(row, "busy", Number(answer.headers.get("Retry-After")) || 0);
    }
    failures = 0;
    if (answer.status === 401) {
      const told = await answer.json().catch(() => ({}));
      if (told.sign_in) form.dataset.signIn = told.sign_in;
      trouble = "out";
      queue.unshift(row);
      quick.state(row, "bad", word("Unsaved"));
      waiting.splice(0).forEach((done) => done());
      return undefined;
    }
    trouble = "";
    one.tried = null;
    one.renewed = false;
    return answer.ok ? saved(row, fields, await answer.json()) : refused(row, answer);
  };

  const saved = (row, fields, answer) => {
    const one = info(row);
    const now = quick.words(row);
    const moved = Object.keys(now).some((name) => now[name] !== fields[name]);
    hidden(row, "pk").value = answer.pk ?? "";
    hidden(row, "mark").value = answer.mark;
    const inside = row.contains(document.activeElement);
    one.refused = "";
    one.forced = false;
    lastTime = answer.saved;
    quick.clash.close(row);
    if (moved) {
      put(row);
      return;
    }
    one.dirty = false;
    one.kept = Boolean(fields.live);
    store.drop(row);
    if (!inside || !fields.live) back(row, answer, inside);
    const left = !answer.recorded && Object.keys(answer.errors).length && !fields.live;
    const empty = !answer.recorded && quick.isBlank(row);
    quick.state(row, left ? "warn" : "ok", empty ? "" : left ? `${answer.words} · ${answer.saved}` : answer.saved);
    quick.recorded(row, answer);
    if (one.kept && !inside) {
      one.forced = true;
      put(row);
    }
  };
  // The row as the server understood it; a cell somebody stands in keeps its words.
  const back = (row, answer, inside) => {
    quick.cells(row).forEach((input) => {
      const text = answer.cells[input.dataset.cell] ?? "";
      if (inside && input === document.activeElement) info(row).later = { input, was: input.value, text };
      else if (input.value !== text) input.value = text;
    });
    quick.tell(row, answer.errors, answer.notes);
  };
  const refused = async (row, answer) => {
    const one = info(row);
    const text = await answer.text();
    let told = {};
    try {
      told = JSON.parse(text);
    } catch {
      const page = new DOMParser().parseFromString(text, "text/html");
      told.sentence = page.querySelector("main p, .oops p, p")?.textContent.trim() || word("Refused");
    }
    one.dirty = true;
    one.forced = false;
    store.keep(row);
    quick.state(row, "bad", word("Unsaved"));
    if (told.error === "overtaken") {
      one.clash = true;
      quick.clash.show(row, told);
      return;
    }
    one.refused = told.sentence || word("Refused");
    const input = quick.cell(row, told.field || "") || quick.cells(row)[0];
    quick.note(input, one.refused, "invalid-feedback");
    if (told.error === "other-user" || answer.status === 403) quick.say(one.refused, "err");
  };
  const renew = async () => {
    const answer = await fetch(form.dataset.namesUrl, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) return false;
    const fresh = await answer.json();
    if (String(fresh.user) !== form.dataset.user) return true; // the server says it in words
    token().value = fresh.token;
    return true;
  };

  // -- when ------------------------------------------------------------------------------------
  const changed = (row) => {
    const one = info(row);
    one.dirty = true;
    one.refused = "";
    if (!hidden(row, "pk").value && !hidden(row, "group").value && !quick.isKept(row)) {
      hidden(row, "group").value = document.getElementById("nhom")?.value.trim() || "";
      quick.into(row);
    }
    return one;
  };
  // A pasted block: looked at and stored once for all its rows.
  const touchAll = (several) => {
    several.forEach(changed);
    store.keep(...several);
    quick.grow();
    show();
  };
  const touch = (row) => {
    const one = changed(row);
    store.keep(row);
    clearTimeout(one.timer);
    one.timer = setTimeout(() => {
      put(row);
      pump();
    }, PAUSE);
    quick.grow();
    show();
  };
  const saveNow = (row) => {
    const one = info(row);
    clearTimeout(one.timer);
    one.dirty = true;
    one.forced = true;
    put(row);
    return pump();
  };
  // Everything there is; resolves when the server has answered, or cannot be reached.
  const saveAll = () => new Promise((done) => {
    quick.rows().forEach((row) => {
      const one = info(row);
      if (one.clash || !(one.dirty || one.tried || one.kept || quick.isKept(row))) return;
      clearTimeout(one.timer);
      one.forced = true;
      put(row);
    });
    if (trouble === "out") trouble = "";
    waiting.push(done);
    if (retry) again();
    else pump();
  });

  form.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row && event.target.dataset.cell) touch(row);
  });
  form.addEventListener("focusout", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row) return;
    const one = info(row);
    const { input, was, text } = one.later || {};
    if (input === event.target) {
      one.later = null;
      if (input.value === was) input.value = text;
    }
    if (row.contains(event.relatedTarget)) return;
    if (!one.dirty && !one.kept) return;
    clearTimeout(one.timer);
    one.forced = true;
    one.kept = false;
    put(row);
    pump();
  });
  window.addEventListener("online", () => { if (trouble === "offline") again(); });
  window.addEventListener("focus", () => {
    if (trouble !== "out") return;
    trouble = "";
    again();
  });
  window.addEventListener("beforeunload", (event) => {
    if (leaving || !unsaved().length) return;
    event.preventDefault();
    event.returnValue = "";
  });
  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    const button = event.submitter;
    await saveAll();
    if (!button || button.value === "save") {
      form.querySelector(".is-invalid")?.focus();
      return;
    }
    if (unsaved().length && !trouble) form.querySelector(".is-invalid, .q-clash input")?.focus();
    if (unsaved().length) return;
    leaving = true;
    form.requestSubmit(button);
  });

  Object.assign(quick, { touchAll, saveNow, saveAll, unsaved });
  quick.rows().filter((row) => row.hasAttribute("data-unsaved")).forEach((row) => { info(row).dirty = true; });
  store.offer();
  show();
})();
