// Draws the overview's charts from the data beside them; the same data stand in a table below.
"use strict";

(function () {
  // Okabe and Ito's blue, orange and vermilion, told apart by colour-blind readers; grey for what is quiet.
  const COLOURS = ["#0072b2", "#e69f00", "#d55e00", "#c9ced6"];

  function options(data, unit, stacked) {
    const rows = data.areas.slice().sort((a, b) => sum(a.values) - sum(b.values));
    return {
      animation: false,
      color: COLOURS,
      aria: { enabled: true },
      textStyle: { fontFamily: "inherit", fontSize: 13 },
      grid: { left: 8, right: 32, top: 36, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, itemGap: 16 },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText" },
      xAxis: { type: "value", name: unit, minInterval: 1 },
      yAxis: { type: "category", data: rows.map((row) => row.name), axisTick: { show: false } },
      series: data.series.map((name, index) => ({
        name: name,
        type: "bar",
        stack: stacked ? "all" : undefined,
        data: rows.map((row) => row.values[index]),
        label: {
          show: true,
          position: stacked ? "inside" : "right",
          color: stacked && index === 0 ? "#ffffff" : "#1d2129",
          formatter: (point) => (point.value ? String(point.value) : ""),
        },
      })),
    };
  }

  function sum(values) {
    return values.reduce((total, value) => total + value, 0);
  }

  function draw(root) {
    root.querySelectorAll("[data-chart]").forEach((frame) => {
      if (frame.dataset.drawn || !window.echarts) return;
      frame.dataset.drawn = "yes";
      const data = JSON.parse(document.getElementById(frame.dataset.chart).textContent);
      const chart = window.echarts.init(frame, null, { renderer: "svg" });
      chart.setOption(options(data, frame.dataset.unit, frame.dataset.stacked === "True"));
      window.addEventListener("resize", () => chart.resize());
    });
  }

  document.addEventListener("htmx:afterSettle", () => draw(document));
  document.addEventListener("DOMContentLoaded", () => draw(document));
})();
