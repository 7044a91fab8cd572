#!/usr/bin/env node
import "@lightning-ts/fabric/cli";
