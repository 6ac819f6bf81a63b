// Keys and pasting, as in a spreadsheet.
"use strict";
(() => {
  const quick = window.quick;
  if (!quick || !quick.form) return;
  const { form, word } = quick;
  const TEXT_LIMIT = 2000000;
  const help = document.getElementById("phim");
  const area = document.getElementById("khoi");
  let [last, first] = [null, ""];

  const go = (input) => {
    if (!input) return;
    input.focus();
    input.select?.();
  };
  const move = (input, step) => {
    const rows = quick.rows();
    const row = input.closest("tr");
    let place = rows.indexOf(row) + step;
    if (place < 0) return;
    if (place >= rows.length) {
      quick.grow();
      place = quick.rows().length - 1;
      if (place < rows.length) return;
    }
    go(quick.cell(quick.rows()[place], input.dataset.cell));
  };
  const aside = (input, step) => {
    const all = quick.rows().flatMap((row) => quick.cells(row));
    go(all[all.indexOf(input) + step]);
  };

  const copyAbove = (input) => {
    if (!input) return;
    const rows = quick.rows();
    const above = rows[rows.indexOf(input.closest("tr")) - 1];
    const name = input.dataset.cell;
    const from = above && quick.cell(above, name).value;
    const before = { movement: form.dataset.lastMovement, place: form.dataset.lastPlace }[name];
    const text = from || before || "";
    if (text) quick.put(input, text);
    go(input);
  };

  // At the edge an arrow leaves the cell; inside it moves the caret as everywhere.
  const arrow = (event) => {
    const { target: input, key } = event;
    if (event.ctrlKey || event.shiftKey || event.altKey || event.metaKey) return;
    const [start, end, size] = [input.selectionStart, input.selectionEnd, input.value.length];
    const all = start === 0 && end === size;
    const atStart = all || (start === 0 && end === 0);
    const atEnd = all || (start === size && end === size);
    const steps = { ArrowUp: [atStart, () => move(input, -1)], ArrowDown: [atEnd, () => move(input, 1)], ArrowLeft: [atStart, () => aside(input, -1)], ArrowRight: [atEnd, () => aside(input, 1)] };
    const [leaves, work] = steps[key];
    if (!leaves) return;
    event.preventDefault();
    work();
  };

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.isComposing || !input.dataset?.cell) return;
    if (quick.list.key(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(document.getElementById("luu"));
      return;
    }
    if (!input.closest("tr[data-row]")) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    if (event.key === "Enter") {
      if (event.altKey && input.tagName === "TEXTAREA") return;
      event.preventDefault();
      move(input, event.shiftKey ? -1 : 1);
    } else if (event.ctrlKey && event.key.toLowerCase() === "d") {
      event.preventDefault();
      copyAbove(input);
    } else if (event.key === "Escape") {
      if (input.value === first) return;
      event.preventDefault();
      event.stopPropagation();
      quick.put(input, first);
      input.select();
    } else if (event.key === "F2") {
      event.preventDefault();
      input.setSelectionRange(input.value.length, input.value.length);
    } else if (event.key.startsWith("Arrow")) {
      arrow(event);
    }
  });
  form.addEventListener("focusin", (event) => {
    const input = event.target;
    if (!input.dataset.cell || !input.closest("tr[data-row]")) return;
    [last, first] = [input, input.value];
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (event.key === "?" && !typing) {
      event.preventDefault();
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(document.getElementById("luu"));
    }
  });
  document.getElementById("chep-tren").addEventListener("click", () => copyAbove(last));

  // -- pasting ---------------------------------------------------------------------------------
  const labels = () => {
    const found = {};
    form.querySelectorAll("th[data-head]").forEach((head) => { found[quick.bare(head.firstChild.textContent)] = head.dataset.head; });
    const more = { "phoi hop voi": "partners", "thoi gian": "day", "noi dung": found["noi dung"] || "title", "ten hoat dong": found["ten hoat dong"] };
    return { ...Object.fromEntries(Object.entries(more).filter(([, name]) => name)), ...found };
  };
  const targets = function* (row) {
    const rest = [...row.parentElement.querySelectorAll("tr[data-row]")];
    yield* rest.slice(rest.indexOf(row));
    for (;;) yield row.parentElement.id === "dong-moi" ? quick.add() : quick.blank();
  };
  const keepText = (text) => {
    area.value = text + (area.value.trim() ? `\n${area.value}` : "");
    document.getElementById("dan").open = true;
  };

  const paste = (input, text) => {
    const most = Number(form.dataset.most);
    const names = labels();
    let block = quick.parse(text, most + 1);
    let laid = quick.lay(block.rows, quick.columns(), names, input.dataset.cell);
    if (laid.rows.length > most) {
      block = quick.parse(text, most);
      laid = quick.lay(block.rows, quick.columns(), names, input.dataset.cell);
    }
    const rows = targets(input.closest("tr"));
    quick.touchAll(laid.rows.map((cells) => {
      const row = rows.next().value;
      Object.entries(cells).forEach(([name, words]) => quick.fill(quick.cell(row, name), words.trim()));
      return row;
    }));
    const told = [word("Pasted", laid.rows.length)];
    if (laid.leftOver) {
      keepText(text);
      told.push(word("LeftOver"));
    } else if (block.rest.trim()) {
      const head = quick.heading(block.rows[0], names) ? text.slice(0, text.length - quick.parse(text, 1).rest.length) : "";
      keepText(head + block.rest);
      told.push(word("TooMany", most));
    }
    quick.say(told.join(" "), told.length > 1 ? "warn" : "ok");
    quick.saveAll();
  };
  form.addEventListener("paste", (event) => {
    const input = event.target;
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!input.closest("tr[data-row]") || !/[\t\r\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    if (text.length > TEXT_LIMIT) {
      quick.say(word("TooLong"), "err");
      return;
    }
    paste(input, text);
  });

  quick.paste = paste;
  if (!form.querySelector("[autofocus]") && window.matchMedia("(min-width: 768px)").matches) go(quick.cells(quick.rows()[0])[0]);
})();
