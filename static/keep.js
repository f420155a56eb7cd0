// <form data-keep>: what is typed outlives a reload, a lost network and the idle logout, in this window only.
// The copy goes when the form has been taken: that is, when sending it led on to another page than the login.
"use strict";

(function () {
  const SENT = "portal.sent";

  function keyOf(form) {
    return "portal.keep:" + location.pathname + ":" + (form.id || form.getAttribute("action") || "");
  }

  function fields(form) {
    return [...form.elements].filter(
      (each) => each.name && !["hidden", "password", "file", "submit", "button"].includes(each.type)
    );
  }

  function typed(form) {
    return fields(form)
      .filter((each) => !["checkbox", "radio"].includes(each.type) || each.checked)
      .map((each) => [each.name, each.multiple ? [...each.selectedOptions].map((o) => o.value) : each.value]);
  }

  function restore(form, kept) {
    const named = (name) => kept.filter((pair) => pair[0] === name).map((pair) => pair[1]);
    fields(form).forEach((each) => {
      const values = named(each.name);
      if (["checkbox", "radio"].includes(each.type)) each.checked = values.includes(each.value);
      else if (each.multiple) [...each.options].forEach((o) => (o.selected = (values[0] || []).includes(o.value)));
      else if (values.length) each.value = values.shift();
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function settle() {
    const sent = sessionStorage.getItem(SENT);
    if (!sent || location.pathname.startsWith("/login/")) return;
    const refused = document.querySelector(".error-summary, .is-invalid"); // the page shows what was typed itself
    const [key, path] = JSON.parse(sent);
    if (location.pathname !== path || refused) sessionStorage.removeItem(key);
    sessionStorage.removeItem(SENT);
  }

  function watch(form) {
    const key = keyOf(form);
    const empty = JSON.stringify(typed(form));
    const kept = sessionStorage.getItem(key);
    if (kept && kept !== empty && !document.querySelector(".error-summary")) {
      restore(form, JSON.parse(kept));
      window.portal.notice("已恢复上次未提交的内容，请核对后提交。");
    }
    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => sessionStorage.setItem(key, JSON.stringify(typed(form))), 300);
    });
    form.addEventListener("submit", () => {
      clearTimeout(waiting);
      sessionStorage.setItem(key, JSON.stringify(typed(form)));
      sessionStorage.setItem(SENT, JSON.stringify([key, location.pathname]));
    });
  }

  settle();
  document.querySelectorAll("form[data-keep]").forEach(watch);
})();
