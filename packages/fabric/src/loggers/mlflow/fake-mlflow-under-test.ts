import { createServer, type IncomingMessage, type Server } from "node:http";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly authorization: string | undefined;
}

/** A server that answers as MLflow's does, and remembers what it was asked. */
export class FakeMlflow {
  readonly requests: Request[] = [];
  readonly uploads = new Map<string, Uint8Array>();
  artifactUri = "mlflow-artifacts:/7/run-1/artifacts";
  /** The status of all answers; 200 answers properly. */
  status = 200;
  readonly #server: Server;
  readonly #experiments = new Map([["known", "3"]]);

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeMlflow> {
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const { status, answer } = fake.#answer(request, body);
        response.writeHead(status).end(typeof answer === "string" ? answer : JSON.stringify(answer));
      });
    });
    const fake = new FakeMlflow(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get address(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The bodies of requests to a path. */
  bodies(path: string): Record<string, unknown>[] {
    return this.requests.filter((one) => one.path === path).map(({ body }) => body);
  }

  #answer(request: IncomingMessage, bytes: Uint8Array): { status: number; answer: object | string } {
    const { pathname, searchParams } = new URL(request.url ?? "", this.address);
    if (this.status !== 200) return { status: this.status, answer: "\u001b[2Jdown" };
    const stored = pathname.split("/api/2.0/mlflow-artifacts/artifacts/")[1];
    if (stored !== undefined) {
      this.uploads.set(decodeURIComponent(stored), bytes);
      return { status: 200, answer: {} };
    }
    const path = pathname.replace("/api/2.0/mlflow/", "");
    const body = bytes.length === 0 ? Object.fromEntries(searchParams) : JSON.parse(new TextDecoder().decode(bytes));
    const { authorization } = request.headers;
    this.requests.push({ method: request.method ?? "", path, body, authorization });
    return this.#answerTo(path, body);
  }

  #answerTo(path: string, body: Record<string, unknown>): { status: number; answer: object } {
    const run = { run: { info: { run_id: "run-1", experiment_id: "7", artifact_uri: this.artifactUri } } };
    if (path === "runs/create" || path === "runs/get") return { status: 200, answer: run };
    if (path === "experiments/create") return { status: 200, answer: { experiment_id: "7" } };
    if (path !== "experiments/get-by-name") return { status: 200, answer: {} };
    const known = this.#experiments.get(String(body["experiment_name"]));
    return known === undefined
      ? { status: 404, answer: { error_code: "RESOURCE_DOES_NOT_EXIST" } }
      : { status: 200, answer: { experiment: { experiment_id: known } } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of request) if (part instanceof Uint8Array) parts.push(part);
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
