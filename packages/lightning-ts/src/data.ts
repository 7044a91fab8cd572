// All of the package under a subpath: naming every export a second time would only let the two lists drift apart.
export * from "@lightning-ts/data";
