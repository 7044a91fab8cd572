#!/usr/bin/env node
import "@lightning-ts/pytorch/cli";
