export { barChart, type Bar } from "./bar-chart.js";
export { beside } from "./beside.js";
export type { ChartLabels, ChartOptions, Guide } from "./frame.js";
export { heatmap, type HeatmapOptions } from "./heatmap.js";
export { lineChart, type LineSeries } from "./line-chart.js";
