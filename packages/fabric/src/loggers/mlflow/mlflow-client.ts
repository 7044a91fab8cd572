import { visibleText } from "@lightning-ts/core";
import { MlflowError } from "./mlflow-error.js";

/** What a client asks with: the platform's `fetch`, or one for tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface MlflowServer {
  /** Where the server is. A user and a password in it are sent as such, and are in no message. */
  readonly trackingUri: string;
  /** @default the user and the password of the address */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Takes the place of a user and a password. */
  readonly token?: string | undefined;
  readonly fetch: Fetch;
}

const REQUEST_TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 600_000;
/** So much of an answer stands in a message. */
const MOST_SHOWN = 300;

/** MLflow's REST interface, as far as a logger needs it. */
export class MlflowClient {
  readonly #root: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: Fetch;

  constructor({ trackingUri, user, password, token, fetch }: MlflowServer) {
    const address = new URL(trackingUri);
    this.#headers = authorization({
      user: user ?? decodeURIComponent(address.username),
      password: password ?? decodeURIComponent(address.password),
      token,
    });
    address.username = "";
    address.password = "";
    this.#root = address.href.replace(/\/+$/, "");
    this.#fetch = fetch;
  }

  /** @param path below `api/2.0/mlflow` @throws MlflowError */
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#json("GET", `${this.#api(path)}?${new URLSearchParams(query).toString()}`, undefined);
  }

  /** @throws MlflowError */
  post(path: string, body: object): Promise<unknown> {
    return this.#json("POST", this.#api(path), JSON.stringify(body));
  }

  /** Sends a file to the server's own store. @param path in the store @throws MlflowError */
  async upload(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    const url = `${this.#root}/api/2.0/mlflow-artifacts/artifacts/${encoded}`;
    const headers = { ...this.#headers, "content-type": "application/octet-stream" };
    await this.#ask("PUT", url, { headers, body: bytes }, UPLOAD_TIMEOUT_MS);
  }

  #api(path: string): string {
    return `${this.#root}/api/2.0/mlflow/${path}`;
  }

  async #json(method: string, url: string, body: string | undefined): Promise<unknown> {
    const headers = { ...this.#headers, "content-type": "application/json" };
    const answer = await this.#ask(
      method,
      url,
      body === undefined ? { headers } : { headers, body },
      REQUEST_TIMEOUT_MS,
    );
    const read: unknown = JSON.parse(answer);
    return read;
  }

  async #ask(method: string, url: string, init: RequestInit, timeoutMs: number): Promise<string> {
    const request = `${method} ${url.split("?")[0] ?? url}`;
    const answer = await this.#reached(request, url, { ...init, method, signal: AbortSignal.timeout(timeoutMs) });
    const text = await answer.text();
    if (answer.ok) return text;
    throw new MlflowError({
      request,
      received: `${answer.status} ${visibleText(text).slice(0, MOST_SHOWN)}`,
      tryThis:
        answer.status === 401 || answer.status === 403
          ? "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, in the environment."
          : "look at the server's own log.",
      status: answer.status,
    });
  }

  async #reached(request: string, url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, init);
    } catch (cause) {
      const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
      throw new MlflowError({
        request,
        received: visibleText(reason instanceof Error ? reason.message : String(reason)),
        tryThis: `look whether the server runs at ${this.#root}: mlflow server --port 5000.`,
        cause,
      });
    }
  }
}

function authorization(given: {
  readonly user: string;
  readonly password: string;
  readonly token: string | undefined;
}): Record<string, string> {
  if (given.token !== undefined) return { authorization: `Bearer ${given.token}` };
  if (given.user === "") return {};
  const bytes = new TextEncoder().encode(`${given.user}:${given.password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}
