"use strict";

/* The fill page: saves each answer as it is given, shows how far one is, and where the next question is. */
(() => {
  const sheet = document.querySelector("[data-sheet]");
  const find = (name) => document.querySelector(`[data-${name}]`);
  const cards = new Map();
  for (const field of sheet.querySelectorAll("[data-key]")) cards.set(field.dataset.key, new AnswerCard(field));
  const items = [...cards.values()].filter((card) => card.isItem);
  const portal = new Portal(sheet.dataset.items);
  const WHY = {
    offline: "网络不通。答案已存在本机，联网后自动上传，可以继续填写。",
    busy: "服务器暂时繁忙。答案已存在本机，稍后自动上传，可以继续填写。",
    login: "登录已过期。答案已存在本机，请重新登录后回到本页，会自动上传。",
  };

  const tell = (text) => window.portal.announce(text);

  const warn = (why) => {
    const box = find("alert");
    box.hidden = !why;
    box.textContent = why ? WHY[why] : "";
    if (why !== "login") return;
    const link = document.createElement("a");
    Object.assign(link, { href: "/login/", target: "_blank", textContent: "重新登录" });
    box.append(" ", link);
  };

  const refresh = () => {
    const done = items.filter((card) => card.result).length;
    find("progress").value = done;
    find("progress-text").textContent = `已答 ${done}/${items.length}`;
    find("saved").textContent = queue.entries.size ? `${queue.entries.size}项待上传` : done ? "已全部保存" : "";
    find("next").hidden = done === items.length;
  };

  const heard = {
    saved(key, current, isOld) {
      const card = cards.get(key);
      card.version = current.version;
      if (!isOld) card.say("已保存", "saved");
      tell(`${card.label}已保存`);
      warn("");
      refresh();
    },
    conflict(key, current, ours) {
      const card = cards.get(key);
      if (!current) return heard.refused(key, "该项已变化，请刷新页面；您的填写留在本机。");
      const same = ["result", "note"].every((name) => current[name] === (ours[name] || ""));
      const choose = (keepOurs) => {
        card.version = current.version;
        if (!keepOurs) card.show(current);
        card.say(keepOurs ? "正在保存…" : "已保留对方的答案", "saved");
        queue.resolve(key, current.version, keepOurs).then(refresh);
      };
      if (same && current.fixed_at_once === Boolean(ours.fixed_at_once)) return choose(false);
      card.ask(current, ours, choose);
      tell(`${card.label}已由他人修改，请选择保留哪一个`);
      refresh();
    },
    refused(key, message) {
      cards.get(key).say(message, "refused");
      tell(message);
      refresh();
    },
    waiting(why) {
      for (const key of queue.entries.keys()) cards.get(key).say("已存在本机，等待上传", "waiting");
      warn(why);
      refresh();
    },
  };

  const prefix = `answer:${sheet.dataset.user}:${sheet.dataset.inspection}:`;
  const queue = new AnswerQueue(prefix, (key, fields) => portal.post(cards.get(key).path, fields), heard);

  const save = (card) => {
    card.mark();
    if (!card.result) return;
    clearTimeout(card.timer);
    card.timer = null;
    card.say("正在保存…", "saving");
    queue.put(card.key, card.values, card.version).then(refresh);
    refresh();
  };

  const cardOf = (node) => cards.get(node.closest("[data-key]")?.dataset.key);

  const goOn = () => {
    const below = items.filter((card) => !card.result && card.field.getBoundingClientRect().top > 140);
    const next = below[0] || items.find((card) => !card.result);
    if (!next) return;
    next.field.scrollIntoView({ block: "start" });
    next.field.focus({ preventScroll: true });
  };

  sheet.addEventListener("change", (event) => {
    if (event.target.matches("[data-photo]")) return;
    const card = cardOf(event.target);
    if (card) save(card);
  });
  sheet.addEventListener("input", (event) => {
    const card = cardOf(event.target);
    if (!card || !event.target.matches("textarea")) return;
    clearTimeout(card.timer);
    card.timer = setTimeout(() => save(card), 1000);
  });
  // The last words typed before the page goes.
  window.addEventListener("pagehide", () => [...cards.values()].filter((card) => card.timer).forEach(save));
  window.addEventListener("online", () => queue.flush());
  document.addEventListener("visibilitychange", () => document.hidden || queue.flush());
  find("next").addEventListener("click", goOn);
  find("check").addEventListener("click", async (event) => {
    event.preventDefault();
    await queue.flush();
    if (queue.entries.size) tell(`还有${queue.entries.size}项没有上传，请先处理`);
    else window.location.assign(event.target.href);
  });

  sheet.classList.add("is-live");
  find("check").hidden = false;
  find("plain").hidden = true;
  for (const [key, values] of queue.restore((key) => cards.has(key))) cards.get(key).show(values);
  window.fillPage = { portal, queue, cardOf, tell };
  refresh();
  queue.flush();
})();
