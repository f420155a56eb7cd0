"use strict";

/* Answers on their way to the server. Each is kept in localStorage until the server has it, so a closed page or a dead
   network loses nothing. One that may have arrived is sent again unchanged, under the same client_id; what was typed
   meanwhile follows as the next version. */
class AnswerQueue {
  static FIRST_PAUSE = 2000;
  static LONGEST_PAUSE = 30000;

  /* `post(key, fields)` gives a Response; `heard` is told: saved, conflict, refused (key, …), waiting (why). */
  constructor(prefix, post, heard) {
    this.prefix = prefix;
    this.post = post;
    this.heard = heard;
    this.entries = new Map();
    this.pause = 0;
    this.timer = null;
    this.flushing = null;
  }

  static uuid() {
    // crypto.randomUUID exists only where the page came by HTTPS.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  static fresh(values, version) {
    return { client_id: AnswerQueue.uuid(), version, values, next: null, tried: false, parked: "" };
  }

  static attempt(what) {
    try {
      return what();
    } catch {
      return null;
    }
  }

  /* What an earlier page could not send: [key, values] to show again. What is spoilt, or asked no more, stays aside. */
  restore(isKnown) {
    for (const name of this.names()) {
      const [key, entry] = [name.slice(this.prefix.length), this.read(name)];
      if (entry?.values?.result && isKnown(key)) this.entries.set(key, { ...entry, tried: true, parked: "" });
    }
    return Array.from(this.entries, ([key, entry]) => [key, entry.next || entry.values]);
  }

  put(key, values, version) {
    const entry = this.entries.get(key);
    if (!entry || entry.parked === "refused") this.entries.set(key, AnswerQueue.fresh(values, version));
    else if (entry.tried) entry.next = values;
    else entry.values = values;
    this.keep(key);
    return this.flush();
  }

  /* After a conflict: send ours on top of theirs, or let it go. */
  resolve(key, version, keepOurs) {
    const entry = this.entries.get(key);
    this.drop(key);
    return keepOurs && entry ? this.put(key, entry.next || entry.values, version) : this.flush();
  }

  /* Resolves once everything that can be sent was tried. */
  flush() {
    this.flushing = this.flushing || this.run().finally(() => (this.flushing = null));
    return this.flushing;
  }

  async run() {
    clearTimeout(this.timer);
    let key;
    while ((key = this.nextKey()) !== undefined) {
      if (!(await this.send(key, this.entries.get(key)))) return;
    }
  }

  nextKey() {
    for (const [key, entry] of this.entries) if (!entry.parked) return key;
    return undefined;
  }

  async send(key, entry) {
    entry.tried = true;
    this.keep(key);
    let reply;
    try {
      reply = await this.post(key, { ...entry.values, client_id: entry.client_id, version: entry.version });
    } catch {
      return this.later("offline");
    }
    if (reply.status === 401) return this.later("login");
    if (reply.status >= 500 || reply.status === 429) return this.later("busy");
    const body = await reply.json().catch(() => ({}));
    this.pause = 0;
    if (reply.ok) this.settle(key, entry, body);
    else this.park(key, entry, reply.status, body);
    return true;
  }

  settle(key, entry, current) {
    this.drop(key);
    this.heard.saved(key, current, entry.next !== null);
    if (entry.next) this.put(key, entry.next, current.version);
  }

  park(key, entry, status, body) {
    entry.parked = status === 409 ? "conflict" : "refused";
    this.keep(key);
    if (status === 409) this.heard.conflict(key, body.current, entry.next || entry.values);
    else this.heard.refused(key, body.message || "页面已过期，请刷新后再填；已填内容留在本机。");
  }

  later(why) {
    this.pause = Math.min(AnswerQueue.LONGEST_PAUSE, this.pause * 2 || AnswerQueue.FIRST_PAUSE);
    this.timer = setTimeout(() => this.flush(), this.pause);
    this.heard.waiting(why);
    return false;
  }

  /* Storage; where the browser forbids it the page still works, only without the copy. */
  names() {
    const all = AnswerQueue.attempt(() => Object.keys(localStorage)) || [];
    return all.filter((name) => name.startsWith(this.prefix));
  }

  read(name) {
    return AnswerQueue.attempt(() => JSON.parse(localStorage.getItem(name)));
  }

  keep(key) {
    const { client_id, version, values, next } = this.entries.get(key);
    const copy = JSON.stringify({ client_id, version, values, next });
    AnswerQueue.attempt(() => localStorage.setItem(this.prefix + key, copy));
  }

  drop(key) {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    const kept = this.read(this.prefix + key);
    // Another tab may have put its own answer there.
    if (kept && entry && kept.client_id === entry.client_id) localStorage.removeItem(this.prefix + key);
  }
}
