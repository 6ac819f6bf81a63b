// A block of cells as spreadsheets copy it: the rules of movements/pasting.py, word for word.
"use strict";
(() => {
  const quick = (window.quick = window.quick || {});

  const fold = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "")
    .replace(/[“”„‟«»″]/g, '"').replace(/[‘’‚‛`´′ʼ]/g, "'").replace(/[‐‑‒–—―−]/g, "-").replace(/…/g, "...").replace(/đ/g, "d")
    .split(/\s+/).filter(Boolean).join(" ");
  const bare = (label) => fold(label.split("(")[0]);

  // One cell from ``place`` on: its words, where the next one starts, the sign between them.
  const cellAt = (text, place) => {
    const quoted = /"([^"]*(?:""[^"]*)*)"(?=\t|\r|\n|$)/y;
    const end = /\t|\r\n|\n|\r/g;
    quoted.lastIndex = place;
    const found = quoted.exec(text);
    end.lastIndex = found ? quoted.lastIndex : place;
    const sign = end.exec(text);
    const stop = sign ? sign.index : text.length;
    if (found && stop === quoted.lastIndex) return [found[1].replaceAll('""', '"'), sign ? end.lastIndex : stop, sign ? sign[0] : ""];
    return [text.slice(place, stop), sign ? end.lastIndex : stop, sign ? sign[0] : ""];
  };

  // At most ``most`` rows (all when null), and the text after them.
  const parse = (text, most = null) => {
    const rows = [];
    let [place, row] = [0, []];
    while (place < text.length || row.length) {
      if (!row.length && most !== null && rows.length === most) break;
      const [cell, next, sign] = cellAt(text, place);
      place = next;
      row.push(cell);
      if (sign !== "\t") {
        rows.push(row);
        row = [];
      }
    }
    return { rows, rest: text.slice(place) };
  };

  const heading = (row, labels) => {
    const names = row.map((cell) => labels[bare(cell)] || "");
    const known = names.filter(Boolean);
    return known.length >= 2 && new Set(known).size === known.length ? names : null;
  };

  // The block on the grid, from the column ``first`` on or as its row of headings says.
  const lay = (rows, columns, labels, first = "") => {
    let names = rows.length ? heading(rows[0], labels) : null;
    const body = names ? rows.slice(1) : rows;
    names = names || columns.slice(first ? columns.indexOf(first) : 0);
    const found = [];
    let leftOver = false;
    body.forEach((row) => {
      const cells = {};
      row.forEach((cell, place) => {
        if (!cell.trim()) return;
        if (names[place]) cells[names[place]] = cell;
        else leftOver = true;
      });
      if (Object.keys(cells).length) found.push(cells);
    });
    return { rows: found, leftOver };
  };

  Object.assign(quick, { fold, bare, parse, heading, lay });
})();
