// Two people in one row: both values of each cell side by side, the person chooses.
"use strict";
(() => {
  const quick = window.quick;
  if (!quick || !quick.form) return;
  const { word } = quick;

  const make = (tag, css, text = "") => Object.assign(document.createElement(tag), { className: css, textContent: text });
  const choice = (name, value, label, checked) => {
    const box = make("label", "q-choice");
    const input = Object.assign(document.createElement("input"), { type: "radio", name, value, checked, className: "form-check-input" });
    box.append(input, make("span", "", label || word("Nothing")));
    return box;
  };

  const close = (row) => {
    if (row.nextElementSibling?.matches(".q-clash, .q-told")) row.nextElementSibling.remove();
  };

  const show = (row, answer) => {
    close(row);
    const title = `${word("Overtaken", quick.number(row))} ${answer.sentence}`;
    const line = make("tr", "q-clash");
    const place = make("td", "f");
    place.colSpan = row.cells.length;
    const set = document.createElement("fieldset");
    set.append(make("legend", "fs-6", title));
    const key = quick.hidden(row, "key").value;
    answer.differ.forEach((one) => {
      const group = make("div", "q-both");
      group.setAttribute("role", "radiogroup");
      group.setAttribute("aria-label", one.field);
      group.append(make("b", "", one.field));
      const mine = choice(`chon-${key}-${one.name}`, "mine", one.mine, true);
      const theirs = choice(`chon-${key}-${one.name}`, "theirs", one.theirs, false);
      mine.prepend(make("span", "xs muted", word("Mine")));
      theirs.prepend(make("span", "xs muted", word("Theirs")));
      group.append(mine, theirs);
      set.append(group);
    });
    const done = Object.assign(make("button", "btn btn-sm", word("Decide")), { type: "button" });
    done.addEventListener("click", () => {
      answer.differ.forEach((one) => {
        const taken = set.querySelector(`input[name="chon-${key}-${one.name}"]:checked`);
        const input = quick.cell(row, one.name);
        if (taken?.value === "theirs") quick.put(input, one.theirs);
      });
      quick.hidden(row, "mark").value = answer.mark;
      close(row);
      quick.info(row).clash = false;
      quick.cells(row)[0].focus();
      quick.saveNow(row);
    });
    // The radios are no part of what the form sends.
    set.querySelectorAll("input").forEach((input) => input.setAttribute("form", "khong-gui"));
    set.append(done);
    place.append(set);
    line.append(place);
    row.after(line);
  };

  quick.clash = { show, close };
})();
