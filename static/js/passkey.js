// Asks the browser for a passkey and sends its answer: <form data-passkey="create|get">, button [data-passkey-go].
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  const given = document.getElementById("passkey-options");
  if (!form || !given) return;
  const button = form.querySelector("[data-passkey-go]");
  const note = form.querySelector("[data-passkey-note]");
  const say = (text) => { note.textContent = text; note.hidden = !text; };
  if (!window.webauthnJSON || !window.webauthnJSON.supported()) {
    button.disabled = true;
    say(note.dataset.unsupported);
    return;
  }
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    say("");
    const options = JSON.parse(given.textContent);
    try {
      const answer = form.dataset.passkey === "create"
        ? await window.webauthnJSON.create(options.creation_options)
        : await window.webauthnJSON.get(options.request_options);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      say(note.dataset.stopped);
    }
  });
})();
