"use strict";

/* A question on the page: what is chosen and typed, what stands on the server, what is said below it. */
class AnswerCard {
  constructor(field) {
    this.field = field;
    this.key = field.dataset.key;
    this.isItem = field.dataset.clause === undefined;
    this.path = `${field.dataset.item}/`;
  }

  input(name) {
    return this.field.querySelector(`[name="${this.key}-${name}"]`);
  }

  get version() {
    return Number(this.input("version").value);
  }

  set version(value) {
    this.input("version").value = value;
  }

  get result() {
    const chosen = this.field.querySelector(`[name="${this.key}-result"]:checked`);
    return chosen ? chosen.value : "";
  }

  get values() {
    const note = this.input("note");
    const fixed = this.input("fixed_at_once");
    const values = { result: this.result, note: note ? note.value : "" };
    if (fixed && fixed.checked) values.fixed_at_once = "on";
    if (!this.isItem) values.clause = this.field.dataset.clause;
    return values;
  }

  get label() {
    const clause = this.isItem ? "" : `第${this.field.dataset.clause}分项`;
    return `第${this.field.dataset.item}项${clause}`;
  }

  /* Show an answer: restored from this device, or somebody else's. */
  show(values) {
    for (const radio of this.field.querySelectorAll(`[name="${this.key}-result"]`)) {
      radio.checked = radio.value === values.result;
    }
    const note = this.input("note");
    const fixed = this.input("fixed_at_once");
    if (note) note.value = values.note || "";
    if (fixed) fixed.checked = Boolean(values.fixed_at_once);
    this.mark();
  }

  /* What style and script go by: which result is chosen. */
  mark() {
    this.field.dataset.result = this.result;
  }

  say(text, kind = "") {
    const state = [...this.field.querySelectorAll("[data-state]")].pop();
    state.textContent = text;
    state.dataset.state = kind;
    return state;
  }

  /* Two answers to one question: both are shown, and one is chosen by hand. */
  ask(current, ours, choose) {
    const who = current.by ? `${current.by}已` : "另一窗口已";
    const note = current.note ? `，情况说明：${current.note}` : "";
    const state = this.say(`${who}答为“${current.label}”${note}。保留哪一个？`, "conflict");
    for (const [word, keepOurs] of [["保留对方的", false], ["改为我的", true]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-primary";
      button.textContent = word;
      button.addEventListener("click", () => choose(keepOurs));
      state.append(button);
    }
  }
}

/* Calls of this page: with the token of the present login, which may be younger than the page. */
class Portal {
  static TIMEOUT = 20000;

  constructor(base) {
    this.base = base;
  }

  get token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? decodeURIComponent(cookie[1]) : document.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  async post(path, fields) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), Portal.TIMEOUT);
    try {
      const headers = { "X-CSRFToken": this.token, Accept: "application/json" };
      return await fetch(this.base + path, { method: "POST", body, headers, signal: stop.signal });
    } finally {
      clearTimeout(timer);
    }
  }
}
