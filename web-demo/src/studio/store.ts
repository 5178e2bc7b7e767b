// Where work is kept: the origin's private file system, one folder for each work. An edit's file holds the text and the
// steps that led to it, so undo goes on after a reload. Files are written beside and put in place at once: a crash
// leaves the old one or the new one.
import type { House } from "./model/house";

/** Where a work's texts come from. */
export type Kind = "shipped" | "zip" | "folder" | "link";

export interface Work {
  id: string;
  kind: Kind;
  /** The zip's or folder's name. */
  name: string;
  /** When it was last opened, in milliseconds since 1970. */
  opened: number;
  /** The file that was shown last. */
  path?: string;
}

/** The editor's state as JSON: text, selection, history. */
export interface Edit {
  doc: string;
  /** The edition of the text that it was made on, as `editionOf` tells it. */
  on?: string;
  /** Whether the file was taken away. What it said is kept, so that it can be brought back. */
  gone?: boolean;
}

export interface Loaded {
  work: Work;
  /** The texts it began with; undefined for the shipped ones. */
  base: House | undefined;
  edits: Map<string, Edit>;
}

/** Why something could not be kept: the device is full, or its storage fails. */
export class NotKept extends Error {
  constructor(
    readonly full: boolean,
    options?: ErrorOptions,
  ) {
    super(full ? "full" : "failed", options);
  }
}

const ROOT = "longma-studio";

async function read<T>(folder: FileSystemDirectoryHandle, name: string): Promise<T | undefined> {
  try {
    const handle = await folder.getFileHandle(name);
    return JSON.parse(await (await handle.getFile()).text()) as T;
  } catch {
    // It is not there, or not whole.
    return undefined;
  }
}

async function write(folder: FileSystemDirectoryHandle, name: string, value: unknown): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  const stream = await handle.createWritable();
  try {
    await stream.write(JSON.stringify(value));
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
}

const names = async (folder: FileSystemDirectoryHandle): Promise<string[]> => {
  const found: string[] = [];
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) found.push(name);
  return found;
};

export class Store {
  readonly #root: FileSystemDirectoryHandle;
  /** Writing is one thing after another. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  /** The store; undefined if this browser has none that can be written whole. */
  static async open(): Promise<Store | undefined> {
    try {
      if (typeof FileSystemFileHandle === "undefined" || !("createWritable" in FileSystemFileHandle.prototype)) return undefined;
      const origin = await navigator.storage.getDirectory();
      return new Store(await origin.getDirectoryHandle(ROOT, { create: true }));
    } catch {
      return undefined;
    }
  }

  #queued<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act).catch((error: unknown) => {
      throw new NotKept(error instanceof DOMException && error.name === "QuotaExceededError", { cause: error });
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when all that was asked for before is written, or has failed. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** The works that are kept, the last opened first. */
  async works(): Promise<Work[]> {
    const found: Work[] = [];
    for (const name of await names(this.#root)) {
      const work = await read<Work>(await this.#root.getDirectoryHandle(name), "work.json");
      if (work !== undefined) found.push(work);
    }
    return found.sort((a, b) => b.opened - a.opened);
  }

  async load(id: string): Promise<Loaded | undefined> {
    await this.#last;
    try {
      const folder = await this.#root.getDirectoryHandle(id);
      const work = await read<Work>(folder, "work.json");
      if (work === undefined) return undefined;
      const base = await read<Record<string, string>>(folder, "base.json");
      const edits = new Map<string, Edit>();
      const kept = await folder.getDirectoryHandle("edits", { create: true });
      for (const name of await names(kept)) {
        const edit = name.endsWith(".json") ? await read<Edit>(kept, name) : undefined;
        if (typeof edit?.doc === "string") edits.set(decodeURIComponent(name.slice(0, -".json".length)), edit);
      }
      return { work, base: base === undefined ? undefined : new Map(Object.entries(base)), edits };
    } catch {
      return undefined;
    }
  }

  keep(work: Work): Promise<void> {
    return this.#queued(async () => write(await this.#folder(work.id), "work.json", work));
  }

  keepBase(id: string, base: House): Promise<void> {
    return this.#queued(async () => write(await this.#folder(id), "base.json", Object.fromEntries(base)));
  }

  keepEdit(id: string, path: string, edit: Edit): Promise<void> {
    return this.#queued(async () => {
      const edits = await (await this.#folder(id)).getDirectoryHandle("edits", { create: true });
      await write(edits, `${encodeURIComponent(path)}.json`, edit);
    });
  }

  remove(id: string): Promise<void> {
    return this.#queued(() => this.#root.removeEntry(id, { recursive: true }));
  }

  #folder(id: string): Promise<FileSystemDirectoryHandle> {
    return this.#root.getDirectoryHandle(id, { create: true });
  }
}
