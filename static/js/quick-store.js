// What the server does not have yet is kept on this machine, for one account: offered again after a reload, dropped when
// somebody else uses the browser (app.js clears it at sign-out).
"use strict";
(() => {
  const quick = window.quick;
  if (!quick || !quick.form) return;
  const { form, word } = quick;
  const PREFIX = "nhap-nhanh/";
  const mine = `${PREFIX}${form.dataset.user}/`;
  const place = `${mine}${form.dataset.place}`;

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(place)) || {};
    } catch {
      return {};
    }
  };
  const write = (rows) => {
    try {
      if (Object.keys(rows).length) localStorage.setItem(place, JSON.stringify(rows));
      else localStorage.removeItem(place);
    } catch {
      // a full or forbidden store: the page itself still holds every word, and leaving it warns
    }
  };
  const keep = (...several) => {
    const rows = read();
    several.forEach((row) => {
      const [key, pk, mark, group] = ["key", "pk", "mark", "group"].map((name) => quick.hidden(row, name).value);
      rows[key] = { pk, mark, group, cells: quick.words(row) };
    });
    write(rows);
  };
  const drop = (row) => {
    const rows = read();
    delete rows[quick.hidden(row, "key").value];
    write(rows);
  };

  try {
    Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) && !name.startsWith(mine)).forEach((name) => localStorage.removeItem(name));
  } catch {
    // no store
  }

  const standing = (key, kept) => quick.rows().find((row) => quick.hidden(row, "key").value === key || (kept.pk && quick.hidden(row, "pk").value === kept.pk));
  const same = (row, kept) => Object.entries(kept.cells).every(([name, text]) => quick.cell(row, name)?.value === text);
  const restore = (found) => {
    found.forEach(([key, kept]) => {
      const row = standing(key, kept) || quick.blank();
      quick.hidden(row, "key").value = key;
      if (kept.pk) {
        quick.hidden(row, "pk").value = kept.pk;
        quick.hidden(row, "mark").value = kept.mark;
      }
      if (kept.group) quick.hidden(row, "group").value = kept.group;
      quick.into(row);
      Object.entries(kept.cells).forEach(([name, text]) => {
        const input = quick.cell(row, name);
        if (input && input.value !== text) quick.put(input, text);
      });
      quick.grow();
    });
  };
  // After a reload: the person decides.
  const offer = () => {
    const rows = read();
    const found = Object.entries(rows).filter(([key, kept]) => {
      const row = standing(key, kept);
      return Object.values(kept.cells).some((text) => text.trim()) && !(row && same(row, kept));
    });
    write(Object.fromEntries(found));
    if (!found.length) return;
    const box = document.getElementById("luu-lai");
    const button = (text, css, work) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: css, textContent: text });
      made.addEventListener("click", () => {
        box.hidden = true;
        work();
      });
      return made;
    };
    box.className = "note note-warn gap";
    box.setAttribute("role", "alert");
    box.replaceChildren(
      Object.assign(document.createElement("span"), { textContent: word("Found", found.length) }),
      button(word("Restore"), "btn btn-sm", () => restore(found)),
      button(word("Forget"), "btn btn-sm btn-ghost", () => write({})),
    );
    box.hidden = false;
  };

  quick.store = { keep, drop, offer };
})();
