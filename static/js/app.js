// Small helps for signed-in pages. Every page works without this file.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  // Menus: a click elsewhere or Escape closes them.
  const close = (except) =>
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  document.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A strip of tabs wider than a phone starts at the current tab; the page itself stays where it is.
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const strip = tab.closest(".tabs");
    const [box, seen] = [tab.getBoundingClientRect(), strip.getBoundingClientRect()];
    strip.scrollLeft += box.left + box.width / 2 - (seen.left + seen.width / 2);
  });

  // Ctrl+S presses the button marked data-save-button, else sends the form marked data-save.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    const form = document.querySelector("form[data-save]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(document.querySelector("button[data-save-button]"));
  });

  // Typed and not sent: ask before leaving.
  document.querySelectorAll("form[data-guard]").forEach((form) => {
    let dirty = form.hasAttribute("data-dirty");
    const touch = () => { dirty = true; };
    form.addEventListener("input", touch);
    form.addEventListener("change", touch);
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => {
      if (!dirty) return;
      event.preventDefault();
      event.returnValue = "";
    });
  });

  // A refused form: the caret stands in the first input to mend, unless the page put it elsewhere.
  if (!document.querySelector("main [autofocus]")) document.querySelector("main form .is-invalid:not([hidden])")?.focus();

  // <button data-copy="id_link" data-copied="Đã chép">Chép</button>
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    const input = document.getElementById(button.dataset.copy);
    if (!input) return;
    button.addEventListener("click", async () => {
      input.select();
      try {
        await navigator.clipboard.writeText(input.value);
        button.textContent = button.dataset.copied;
      } catch {
        input.focus(); // without leave to write there, the words stand selected
      }
    });
  });

  // <button data-show="id_password" data-hide-text="Ẩn">Hiện</button>
  document.querySelectorAll("button[data-show]").forEach((button) => {
    const input = document.getElementById(button.dataset.show);
    if (!input) return;
    const words = [button.textContent, button.dataset.hideText || button.textContent];
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      button.textContent = words[shown ? 1 : 0];
      input.focus();
    });
  });

  // <button data-add-row="prefix" data-into="#rows"> copies <template data-row="prefix"> (it says __prefix__ and __number__).
  document.querySelectorAll("button[data-add-row]").forEach((button) => {
    const prefix = button.dataset.addRow;
    const row = document.querySelector(`template[data-row="${prefix}"]`);
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const place = document.querySelector(button.dataset.into);
    if (!row || !total || !place) return;
    button.addEventListener("click", (event) => {
      const index = Number(total.value);
      const most = Number(document.getElementById(`id_${prefix}-MAX_NUM_FORMS`)?.value || 1000);
      if (index >= most) return; // the server says why
      event.preventDefault();
      const made = document.createElement(place.tagName);
      made.innerHTML = row.innerHTML.replaceAll("__prefix__", String(index)).replaceAll("__number__", String(index + 1));
      const added = [...made.children];
      place.append(...added);
      total.value = String(index + 1);
      if (window.htmx) added.forEach((node) => window.htmx.process(node));
      added[0]?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
  });

  // A row's tick "xoá" hides the row; the tick is still sent.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[data-remove-row]") || !event.target.checked) return;
    const row = event.target.closest("tr, [data-row-block]");
    if (!row) return;
    row.hidden = true;
    const next = row.nextElementSibling || row.previousElementSibling;
    next?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });

  // Names of chosen files, and dropping them on the field.
  const size = (bytes) =>
    bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`;
  document.querySelectorAll("[data-drop]").forEach((zone) => {
    const input = zone.querySelector("input[type=file]");
    const list = zone.querySelector("[data-chosen]");
    if (!input) return;
    const show = () => {
      if (!list) return;
      list.replaceChildren(...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} (${size(file.size)})`;
        return item;
      }));
      list.hidden = input.files.length === 0;
    };
    input.addEventListener("change", show);
    zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    const add = (more) => {
      if (!more.length || input.disabled) return;
      const files = new DataTransfer();
      const wanted = input.multiple ? [...input.files, ...more] : [more[0]];
      wanted.forEach((file) => files.items.add(file));
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      add([...event.dataTransfer.files]);
    });
    zone.addEventListener("add-files", (event) => add(event.detail));
    show();
  });

  // A picture pasted anywhere on a page with a drop zone goes there: the zone that holds the focus, else the first that is
  // seen. Whatever is pasted as text (a block of Excel brings a picture along) stays text.
  document.addEventListener("paste", (event) => {
    const pictures = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!pictures.length || event.clipboardData.types.includes("text/plain")) return;
    const zones = [...document.querySelectorAll("[data-drop]")].filter((zone) => zone.getClientRects().length);
    const zone = document.activeElement?.closest("[data-drop]") || zones[0];
    if (!zone) return;
    event.preventDefault();
    const now = new Date();
    const mark = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, "0")).join("");
    const named = pictures.map((file, place) => {
      const ending = file.type === "image/jpeg" ? "jpg" : "png";
      return new File([file], `anh-dan-${mark}${place ? `-${place + 1}` : ""}.${ending}`, { type: file.type });
    });
    zone.dispatchEvent(new CustomEvent("add-files", { detail: named }));
    zone.scrollIntoView({ block: "nearest" });
  });

  // Filters of a list: folded on a phone behind a button that is drawn only with this file.
  document.querySelectorAll("button[data-toggle-filters]").forEach((button) => {
    const box = button.closest(".filters");
    button.addEventListener("click", () => button.setAttribute("aria-expanded", String(box.classList.toggle("open"))));
  });

  // Rows that belong to a row: <button data-twist="rows-of-3" aria-expanded="true">.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-twist]");
    if (!button) return;
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.querySelectorAll(`[data-twisted="${button.dataset.twist}"]`).forEach((row) => { row.hidden = !open; });
  });

  // An answer brought from elsewhere is sent on at once; its button stays for those without scripts.
  document.querySelector("form[data-send-at-once]")?.requestSubmit();

  // A part of a page asked for when the session was over: the server says so, what was typed stays.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401) return;
    document.querySelector(".messages.signed-out")?.remove();
    const box = document.createElement("div");
    box.className = "messages signed-out";
    box.innerHTML = event.detail.xhr.responseText;
    document.querySelector("#main .wrap")?.prepend(box);
    box.scrollIntoView({ block: "nearest" });
  });

  // Whoever signs out leaves nothing on this machine: rows that were waiting to be saved go too.
  document.querySelectorAll("form[data-sign-out]").forEach((form) => form.addEventListener("submit", () => {
    try {
      Object.keys(localStorage).filter((name) => name.startsWith("nhap-nhanh/")).forEach((name) => localStorage.removeItem(name));
    } catch {
      // no store, nothing to leave
    }
  }));

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
