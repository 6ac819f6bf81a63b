// Small helps of the entry page; it works without them.
"use strict";
(() => {
  const rows = document.getElementById("dong");
  if (!rows) return;

  // The closed box says who gives together with the owner.
  const say = (box) => {
    const place = box.querySelector("[data-with-words]");
    const names = [...box.querySelectorAll("input:checked")].map((tick) => tick.nextElementSibling.textContent.trim());
    const outside = box.querySelector("input[name$='-outside']");
    const bare = (name) => name.replace(/:\s*\d[^:]*$/, "").trim(); // without the share behind the colon
    if (outside) names.push(...outside.value.split(";").map(bare).filter(Boolean));
    place.textContent = names.length ? names.join("; ") : place.dataset.none;
  };
  rows.addEventListener("input", (event) => {
    const box = event.target.closest("details.with");
    if (box) say(box);
  });

  // Every row may be part of every other one, also of those added since the page came.
  const words = (row) => {
    const what = row.querySelector("[name$='-description']").value.trim();
    const number = row.querySelector("th .n").textContent.trim();
    return what ? `${rows.dataset.rowWords} ${number} (${what})` : "";
  };
  const offer = () => {
    const targets = [...rows.rows].map((row, place) => ({ row, key: `r${place}`, label: words(row) }));
    targets.forEach(({ row }) => {
      row.querySelectorAll("select[name$='-part']").forEach((select) => {
        const labels = JSON.parse(rows.dataset.states);
        Object.entries(labels).forEach(([state, [label, pattern]]) => {
          let group = [...select.querySelectorAll("optgroup")].find((one) => one.label === label);
          targets.forEach((target) => {
            if (target.row === row || !target.label) return;
            const value = `${state}:${target.key}`;
            const known = [...select.options].find((one) => one.value === value);
            const shown = pattern.replace("%(whole)s", () => target.label);
            if (known) { known.textContent = shown; return; }
            if (!group) {
              group = document.createElement("optgroup");
              group.label = label;
              select.append(group);
            }
            const option = document.createElement("option");
            option.value = value;
            option.textContent = shown;
            const after = [...group.children].find((one) => one.value.includes(":g"));
            group.insertBefore(option, after || null);
          });
        });
      });
    });
  };
  rows.addEventListener("change", (event) => {
    if (event.target.name && event.target.name.endsWith("-description")) offer();
  });
})();
