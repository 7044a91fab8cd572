/**
 * Memory of a runner's device, for one input or output. Only the runner looks into it.
 * It lives as long as somebody references the object; a run pins what it touches.
 */
export interface GraphBuffer {
  readonly sizeBytes: number;
  /** The memory is somebody else's: nothing may keep it that its owner does not know of. */
  readonly isAdopted?: boolean | undefined;
}
