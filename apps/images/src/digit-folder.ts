// Worker threads import this file, so it only defines things.
import { ImageFolder } from "lightning-ts/data";
import {
  Compose,
  Normalize,
  RandomCrop,
  RandomRotation,
  ToTensor,
  type HostImage,
  type ImageTensor,
} from "lightning-ts/vision";
import type { RandomStream } from "lightning-ts/core";

const tensors = [new ToTensor(), new Normalize([0.1307], [0.3081])] as const;
const plain = new Compose([...tensors]);
const augment = new Compose([new RandomRotation(10), new RandomCrop(28, { padding: 2 }), ...tensors]);

/** The digits to train on, changed at random. */
export function trainingDigits(root: string): Promise<ImageFolder<ImageTensor>> {
  return open(root, "trainingDigits", augment);
}

/** The digits to test with, as they are. */
export function testDigits(root: string): Promise<ImageFolder<ImageTensor>> {
  return open(root, "testDigits", plain);
}

interface Change {
  apply(image: HostImage, random?: RandomStream): ImageTensor;
}

function open(root: string, name: string, transform: Change): Promise<ImageFolder<ImageTensor>> {
  return ImageFolder.open(root, { transform, workerSource: { module: import.meta.url, name, args: [root] } });
}
