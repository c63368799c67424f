// The connection to a Redis that holds the queue of candidates: made within seconds or refused, and watched while it lasts.
import type { Redis } from "ioredis";
import { UserError } from "../../spec/user-error.ts";

/** Optional packages, which whoever connects has loaded. */
export type QueuePackages = {
  bullmq: typeof import("bullmq");
  ioredis: { Redis: typeof import("ioredis").Redis };
};

/** BullMQ's name for it. */
export const queueName = "engram-candidates";

export type Connection = QueuePackages & {
  client: Redis;
  /** Its address without user and password. */
  shown: string;
  /** Never comes, but rejects with a UserError once the queue has not answered for too long. */
  lost: Promise<never>;
  close(): void;
};

const seconds = { toConnect: 5, untilSaid: 3, ofPatience: 60 };

/** An address that can be printed. @throws UserError for what is no address of a Redis */
export function queueAddress(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.hostname && /^rediss?:$/.test(parsed.protocol) && /^\/?\d*$/.test(parsed.pathname))
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  const shown = url.replace(/^(.*\/\/)?.*@/, "$1…@"); // no password
  throw new UserError(`--queue is no address of a Redis: "${shown}"`, "write it as redis://HOST:PORT", { usage: true });
}

/**
 * @param hint what to do where nothing answers
 * @param tell is told when the queue falls silent, and when it answers again
 * @throws UserError where no Redis answers within some seconds, or it wants another password
 */
export async function connectQueue(
  url: string,
  packages: QueuePackages,
  hint: string,
  tell: (text: string) => void,
  patience = seconds.ofPatience,
): Promise<Connection> {
  const shown = queueAddress(url);
  let connected = false;
  const client = new packages.ioredis.Redis(url, {
    lazyConnect: true,
    connectTimeout: seconds.toConnect * 1000,
    maxRetriesPerRequest: null, // BullMQ wants it: commands wait until the connection is there again
    retryStrategy: (times) => (connected ? Math.min(100 * times, 1000) : null),
  });
  const errors: Error[] = [];
  client.on("error", (error) => errors.splice(0, 1, error));
  try {
    await Promise.race([client.connect(), fails(seconds.toConnect)]);
    await Promise.race([client.ping(), fails(seconds.toConnect)]);
  } catch (error) {
    client.disconnect();
    const said = [error as Error, ...errors]
      .map(({ message }) => message)
      .find((text) => /NOAUTH|WRONGPASS/.test(text));
    if (said)
      throw new UserError(
        `the queue at ${shown} ${/NOAUTH/.test(said) ? "wants a password" : "refuses user or password"}`,
        "give it in the address: redis://:PASSWORD@HOST:PORT",
      );
    throw new UserError(`no queue answers at ${shown}`, hint, { cause: error });
  }
  connected = true;
  const { lost, stop } = watch(client, shown, patience, tell);
  return {
    ...packages,
    client,
    shown,
    lost,
    close() {
      stop();
      client.disconnect();
    },
  };
}

async function fails(after: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), after * 1000).unref());
}

// A ping a second. It counts pings, not time: a process that was busy itself has heard nothing either.
function watch(client: Redis, shown: string, patience: number, tell: (text: string) => void) {
  let [unanswered, asked] = [0, false];
  const answered = () => {
    if (unanswered > seconds.untilSaid) tell(`the queue at ${shown} answers again`);
    [unanswered, asked] = [0, false];
  };
  let timer: NodeJS.Timeout;
  const lost = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      unanswered++;
      if (unanswered === seconds.untilSaid + 1)
        tell(`the queue at ${shown} does not answer; waiting for it for ${patience} seconds`);
      if (unanswered > patience)
        reject(new UserError(`the queue at ${shown} has not answered for ${patience} seconds`, "start it again"));
      if (!asked) client.ping().then(answered, () => {});
      asked = true;
    }, 1000);
  });
  lost.catch(() => {}); // it may come while nobody waits
  return { lost, stop: () => clearInterval(timer) };
}
