import { describe, expect, it } from "vitest";
import { hasCredentials, isSecretKey, leaveOutSecrets, maskSecrets } from "./secrets.js";

describe("the key of a secret", () => {
  it.each(["token", "apiKey", "API_KEY", "api-key", "apikey", "password", "dbPassword", "db_password2", "secret"])(
    "is %s",
    (key) => {
      expect(isSecretKey(key)).toBe(true);
    },
  );

  it.each(["hfToken", "HF_TOKEN", "secretAccessKey", "clientSecret", "OPENAIApiKey", "passphrase"])("is %s", (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each(["tokenizer", "maxTokens", "tokens", "tokenDim", "padToken", "eos_token", "secretary", "passwordLength"])(
    "is not %s",
    (key) => {
      expect(isSecretKey(key)).toBe(false);
    },
  );

  it.each(["key", "keys", "lossPerToken", "", "lr", "__proto__"])("is not %j", (key) => {
    expect(isSecretKey(key)).toBe(false);
  });
});

describe("a URL with credentials", () => {
  it.each(["postgres://me:pw@db/train", "https://ghp_12@github.com/a", "s3+http://a:b@c", "HTTPS://a:b@c"])(
    "is %s",
    (text) => {
      expect(hasCredentials(text)).toBe(true);
    },
  );

  it.each(["https://a.b/c?d=e@f", "ssh://git@github.com/a", "me@example.org", "https://a.b/@scope/name", "a:b@c", ""])(
    "is not %s",
    (text) => {
      expect(hasCredentials(text)).toBe(false);
    },
  );
});

describe("hyperparameters without secrets", () => {
  const list = [1, 2];
  const values = {
    lr: 0.1,
    token: "abc",
    password: "",
    apiKey: undefined,
    nested: { secret: 5, depth: 2, list },
    source: "postgres://me:pw@db/train",
    mirrors: ["https://a.b", "https://me:pw@a.b"],
    nan: Number.NaN,
  };

  it("show a logger that there was one", () => {
    expect(maskSecrets(values)).toEqual({
      ...values,
      token: "***",
      nested: { secret: "***", depth: 2, list },
      source: "postgres://***@db/train",
      mirrors: ["https://a.b", "https://***@a.b"],
    });
    expect(values.token).toBe("abc");
  });

  it("are what a file gets, with the names of what is missing", () => {
    expect(leaveOutSecrets(values)).toEqual({
      values: { lr: 0.1, password: "", apiKey: undefined, nested: { depth: 2, list }, nan: Number.NaN },
      secrets: ["token", "nested.secret", "source", "mirrors"],
    });
  });

  it("are found in objects of classes and in URLs, and objects without them stay what they are", () => {
    class Settings {
      readonly apiKey = "abc";
      readonly at = new URL("https://me:pw@a.b/c");
    }
    const plain = new (class {
      readonly lr = 1;
      readonly self: unknown = this;
      readonly nan = Number.NaN;
    })();
    const masked = maskSecrets({ settings: new Settings(), plain });
    expect(masked).toEqual({ settings: { apiKey: "***", at: "https://***@a.b/c" }, plain });
    expect(masked["plain"]).toBe(plain);
  });
});
