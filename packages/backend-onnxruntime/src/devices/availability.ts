export type EngineAvailability =
  | { readonly isAvailable: true }
  | {
      readonly isAvailable: false;
      readonly reason: string;
      /** The command that makes it available. */ readonly install?: string | undefined;
    };
