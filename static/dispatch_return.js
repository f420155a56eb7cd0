// The return form by keyboard: Enter goes to the next figure, blanks become zeros on request, changed rows are marked.
"use strict";

(function () {
  const form = document.getElementById("return-form");
  if (!form) return;

  function figures() {
    return Array.from(form.querySelectorAll(".figure-input"));
  }

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    const every = figures();
    const next = every[every.indexOf(event.target.closest("tr").querySelector(".figure-input")) + 1];
    if (next) {
      next.focus();
      next.select();
    } else {
      form.querySelector("button[type=submit]").focus();
    }
  });

  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-fill-zeros]")) return;
    const empty = figures().filter((each) => !each.value.trim());
    empty.forEach((each) => {
      each.value = "0";
    });
    if (empty.length) empty[0].dispatchEvent(new Event("change", { bubbles: true }));
    window.portal.announce(empty.length ? "已填0共" + empty.length + "项" : "没有空白项");
  });

  form.addEventListener("change", (event) => {
    const row = event.target.closest("tr");
    const system = row && row.querySelector("[data-label='系统数'] a");
    if (!system || !event.target.matches(".figure-input")) return;
    row.classList.toggle("differs", Number(event.target.value) !== Number(system.textContent));
  });
})();
