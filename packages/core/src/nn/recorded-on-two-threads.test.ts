import { describeRecordedOn } from "./recorded-on-threads-under-test.js";

await describeRecordedOn(2);
