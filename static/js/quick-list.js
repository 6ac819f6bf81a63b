// Names while typing, found without accents: one list for all cells, by the combobox pattern of ARIA.
"use strict";
(() => {
  const quick = window.quick;
  if (!quick || !quick.form) return;
  const { form } = quick;
  const list = document.getElementById("goi-y");
  const known = new Map();
  let [owner, active, timer, asked] = [null, -1, 0, 0];

  // The part of the cell that is being named: behind the last semicolon, or the unit behind a number.
  const part = (input) => {
    const text = input.value;
    if (input.dataset.cell === "partners") {
      const place = text.lastIndexOf(";") + 1;
      return [text.slice(0, place) + (place ? " " : ""), text.slice(place).trim()];
    }
    if (input.dataset.cell === "quantity") {
      const found = /^(.*\d[\d.,]*\s+)([^\d]*)$/.exec(text);
      return found ? [found[1], found[2].trim()] : [text, null];
    }
    return ["", text.trim()];
  };

  const close = () => {
    clearTimeout(timer);
    asked += 1;
    if (owner) {
      owner.setAttribute("aria-expanded", "false");
      owner.removeAttribute("aria-activedescendant");
      owner.removeAttribute("aria-controls");
    }
    list.hidden = true;
    list.replaceChildren();
    active = -1;
  };
  const mark = (place) => {
    const options = [...list.children];
    active = (place + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === active)));
    options[active].scrollIntoView({ block: "nearest" });
    owner.setAttribute("aria-activedescendant", options[active].id);
  };
  const choose = (place) => {
    const input = owner;
    const [before] = part(input);
    const text = before + list.children[place].textContent;
    close();
    quick.put(input, text);
    if (input.id === "nhom") input.dispatchEvent(new Event("change", { bubbles: true }));
    input.setSelectionRange(text.length, text.length);
    close();
  };
  const show = (input, names) => {
    if (document.activeElement !== input || !names.length) return close();
    owner = input;
    active = -1;
    list.replaceChildren(...names.map((name, index) => {
      const option = Object.assign(document.createElement("li"), { id: `goi-y-${index}`, textContent: name });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    const box = input.getBoundingClientRect();
    list.hidden = false;
    list.style.minWidth = `${box.width}px`;
    const below = box.bottom + list.offsetHeight + 70 < window.innerHeight;
    list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = below ? `${box.bottom + 2}px` : `${box.top - list.offsetHeight - 2}px`;
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    return undefined;
  };
  const ask = async (input) => {
    const [, typed] = part(input);
    if (typed === null) return close();
    const source = input.dataset.cell;
    const address = `${form.dataset.namesUrl}?${new URLSearchParams({ cot: source, q: typed })}`;
    const mine = (asked += 1);
    let names = known.get(address);
    if (!names) {
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        names = answer.ok ? (await answer.json()).items : [];
        if (answer.ok && (source === "movement" || source === "partners" || source === "quantity")) known.set(address, names);
      } catch {
        names = []; // no connection: the cell works without
      }
    }
    if (mine !== asked) return undefined;
    return show(input, names.filter((name) => name !== typed));
  };

  // True when the key was the list's.
  const key = (event) => {
    const input = event.target;
    if (!input.hasAttribute?.("data-suggest")) return false;
    if (event.altKey && event.key === "ArrowDown") {
      event.preventDefault();
      ask(input);
      return true;
    }
    if (list.hidden || owner !== input || event.ctrlKey || event.metaKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      return true;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
      return true;
    }
    if ((event.key === "Enter" || event.key === "Tab") && active >= 0) {
      choose(active);
      if (event.key === "Enter") event.preventDefault();
      return event.key === "Enter";
    }
    return false;
  };

  form.addEventListener("focusin", (event) => {
    const input = event.target;
    if (!input.hasAttribute("data-suggest")) return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
  });
  form.addEventListener("focusout", close);
  form.addEventListener("input", (event) => {
    if (!event.target.hasAttribute("data-suggest") || document.activeElement !== event.target) return;
    clearTimeout(timer);
    if (!event.target.value.trim()) return close();
    timer = setTimeout(() => ask(event.target), 150);
    return undefined;
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const place = [...list.children].indexOf(event.target);
    if (place >= 0) choose(place);
  });
  window.addEventListener("scroll", close, { passive: true });

  quick.list = { key, close };
})();
