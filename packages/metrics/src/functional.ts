/** What `functional` holds: torchmetrics' functional forms, in camelCase. */
export { meanSquaredError } from "./regression/mean-squared-error.js";
