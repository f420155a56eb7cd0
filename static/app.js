// What every page can do: tokens for htmx, rows that open, questions before what cannot be undone, notices.
"use strict";

(function () {
  const WORDS = {
    0: "网络不通，没有保存。请检查网络后重试。",
    401: "已超时退出。请在新窗口重新登录，再回到本页提交，已填写的内容不会丢失。",
    403: "您没有权限进行此操作。",
    404: "没有找到这项内容，可能已被处理，请刷新页面。",
    409: "这项内容刚被别人修改，请刷新页面后再改。",
    413: "文件太大，请压缩后再上传。",
    429: "操作过于频繁，请稍后再试。",
    500: "系统出错，没有保存。请稍后再试。",
  };

  function cookie(name) {
    const found = document.cookie.split("; ").find((each) => each.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  // Notices

  function announce(text) {
    document.getElementById("announcer").textContent = text;
  }

  function notice(text, tone) {
    const toast = document.createElement("div");
    toast.className = "toast align-items-center text-bg-" + (tone || "light");
    toast.setAttribute("role", tone === "danger" ? "alert" : "status");
    const row = document.createElement("div");
    row.className = "d-flex";
    const body = document.createElement("div");
    body.className = "toast-body";
    body.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close me-2 m-auto" + (tone ? " btn-close-white" : "");
    close.dataset.bsDismiss = "toast";
    close.setAttribute("aria-label", "关闭");
    row.append(body, close);
    toast.append(row);
    document.getElementById("notices").append(toast);
    toast.addEventListener("hidden.bs.toast", () => toast.remove());
    new bootstrap.Toast(toast, { delay: tone === "danger" ? 12000 : 4000 }).show();
  }

  window.portal = { announce, cookie, notice };

  // htmx: the token as the cookie has it now, also after logging in again in another window

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = cookie("csrftoken");
  });

  // A refusal that comes as a part of the page says itself, in its place, what is wrong.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 409 && event.detail.target.matches("[role=status]")) {
      Object.assign(event.detail, { shouldSwap: true, isError: false });
    }
  });

  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    const plain = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    notice((plain && answer.responseText) || WORDS[answer.status] || WORDS[500], "danger");
  });

  document.addEventListener("htmx:sendError", () => notice(WORDS[0], "danger"));
  document.addEventListener("htmx:timeout", () => notice(WORDS[0], "danger"));

  // A view says {"HX-Trigger": {"announce": "已保存"}}
  document.addEventListener("announce", (event) => {
    announce(event.detail.value);
    notice(event.detail.value);
  });

  // Rows that open on click, Enter and Space; links and buttons inside keep their own meaning

  function rowOf(event) {
    if (event.target.closest("a, button, input, select, textarea, label, summary")) return null;
    return event.target.closest("[data-href]");
  }

  document.addEventListener("click", (event) => {
    const row = rowOf(event);
    if (!row || String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else window.location.assign(row.dataset.href);
  });

  document.addEventListener("keydown", (event) => {
    const row = (event.key === "Enter" || event.key === " ") && rowOf(event);
    if (!row || event.target !== row) return;
    event.preventDefault();
    window.location.assign(row.dataset.href);
  });

  // Forms: ask first, send once, with a token that still holds

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    const token = form.querySelector("input[name=csrfmiddlewaretoken]");
    if (token && cookie("csrftoken")) token.value = cookie("csrftoken");
    if (form.getAttribute("method") !== "post" || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (button) button.setAttribute("aria-busy", "true");
    setTimeout(allowAgain, 8000); // the answer may be a download, which leaves the page as it is
  });

  function allowAgain() {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("[aria-busy=true]").forEach((each) => each.removeAttribute("aria-busy"));
  }

  window.addEventListener("pageshow", allowAgain); // back on a page, its forms may be sent again

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();
