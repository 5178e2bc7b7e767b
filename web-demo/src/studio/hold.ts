// One tab writes a work. The others read it, and may take it over: the tab that has it is asked to finish writing and
// let go; one that does not answer loses it.

const nameOf = (id: string): string => `longma.studio.${id}`;
const CHANNEL = "longma.studio";
/** How long a tab may take to let go, in milliseconds. */
const PATIENCE = 3000;
/** How long a page that was left may still hold its work, in milliseconds. */
const GOING = 400;

export class Hold {
  readonly #release: () => void;
  readonly #channel: BroadcastChannel;

  private constructor(release: () => void, channel: BroadcastChannel) {
    this.#release = release;
    this.#channel = channel;
  }

  /**
   * Takes a work for this tab; undefined if another has it and `force` is not set. `finish` is called when another tab
   * asks for it, before it goes there; `lost` when it is gone.
   */
  static async take(id: string, force: boolean, finish: () => Promise<void>, lost: () => void): Promise<Hold | undefined> {
    if (!("locks" in navigator)) return new Hold(() => undefined, new BroadcastChannel(CHANNEL));
    const channel = new BroadcastChannel(CHANNEL);
    let held = false;
    const ask = (options: LockOptions): Promise<(() => void) | undefined> =>
      new Promise((resolve, reject) => {
        navigator.locks
          .request(nameOf(id), options, (lock) => {
            if (lock === null) {
              resolve(undefined);
              return undefined;
            }
            held = true;
            return new Promise<void>((release) => resolve(release));
          })
          .catch((error: unknown) => {
            if (held) {
              channel.close();
              lost();
            } else reject(error as Error);
          });
      });
    let release = await ask({ ifAvailable: true });
    if (release === undefined && !force) {
      // After a reload the page before may still be going.
      release = await ask({ signal: AbortSignal.timeout(GOING) }).catch(() => undefined);
    }
    if (release === undefined && force) {
      channel.postMessage(id);
      try {
        release = await ask({ signal: AbortSignal.timeout(PATIENCE) });
      } catch {
        release = await ask({ steal: true });
      }
    }
    if (release === undefined) {
      channel.close();
      return undefined;
    }
    const hold = new Hold(release, channel);
    channel.onmessage = ({ data }: MessageEvent<unknown>): void => {
      if (data !== id) return;
      void finish().finally(() => {
        hold.release();
        lost();
      });
    };
    return hold;
  }

  release(): void {
    this.#channel.close();
    this.#release();
  }
}
