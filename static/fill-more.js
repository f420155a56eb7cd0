"use strict";

/* What follows from an answer: a hazard or problem in one tap, a photo. */
(() => {
  const { portal, queue, cardOf, tell } = window.fillPage;

  /* Only what the server has can be followed up. */
  const saved = async (card) => {
    await queue.flush();
    if (!queue.entries.has(card.key)) return true;
    card.say("该项还没有上传，联网保存后再操作。", "refused");
    return false;
  };

  const call = async (card, path, fields) => {
    if (!(await saved(card))) return null;
    try {
      const reply = await portal.post(card.path + path, fields);
      const body = await reply.json();
      if (reply.ok) return body;
      card.say(body.message, "refused");
    } catch {
      card.say("网络不通，请联网后再试。", "refused");
    }
    return null;
  };

  const register = async (card, button) => {
    const place = button.closest("[data-finding]");
    button.disabled = true;
    const finding = await call(card, "finding/", { level: button.dataset.register });
    button.disabled = false;
    if (!finding) return;
    const shown = document.createElement(finding.url ? "a" : "span");
    shown.textContent = finding.label;
    if (finding.url) shown.href = finding.url;
    place.replaceChildren(shown);
    tell(`${card.label}${finding.label}`);
  };

  const upload = async (card, input) => {
    const [file] = input.files;
    if (!file) return;
    card.say("正在上传照片…", "saving");
    const photo = await call(card, "photos/", { photo: file });
    if (!photo) return;
    input.value = "";
    const link = document.createElement("a");
    const image = document.createElement("img");
    const place = card.field.querySelector(".answer-photos");
    link.href = image.src = photo.url;
    image.alt = `${card.label}照片${place.children.length + 1}`;
    link.append(image);
    place.append(link);
    card.say("照片已上传", "saved");
    tell(`${card.label}照片已上传`);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-register]");
    if (button) register(cardOf(button), button);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-photo]")) upload(cardOf(event.target), event.target);
  });
})();
