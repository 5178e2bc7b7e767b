// A folder of the device, where the browser can open one: read as a house, written back file by file.
import { isOfHouse, nameFault, prefixOf } from "./model/names";
import { LIMITS, Refused, textOf } from "./model/zip";

type Picker = (options: { mode: "readwrite"; id: string }) => Promise<FileSystemDirectoryHandle>;
type Entries = { entries(): AsyncIterable<[string, FileSystemHandle]> };

const picker = (): Picker | undefined => (window as unknown as { showDirectoryPicker?: Picker }).showDirectoryPicker?.bind(window);

/** Whether this browser can open folders. */
export const canOpenFolders = (): boolean => picker() !== undefined;

/** Folders that hold no packs and may be large. */
const PASSED = new Set(["node_modules", "target", "dist"]);
const DEEPEST = 8;

async function filesOf(folder: FileSystemDirectoryHandle): Promise<Map<string, FileSystemFileHandle>> {
  const found = new Map<string, FileSystemFileHandle>();
  const walk = async (from: FileSystemDirectoryHandle, before: string, deep: number): Promise<void> => {
    for await (const [name, handle] of (from as unknown as Entries).entries()) {
      const path = before + name;
      if (handle.kind === "directory") {
        if (deep < DEEPEST && !name.startsWith(".") && !PASSED.has(name)) await walk(handle as FileSystemDirectoryHandle, `${path}/`, deep + 1);
      } else if (/\.(toml|rhai|json|csv|txt)$/.test(name)) {
        found.set(path, handle as FileSystemFileHandle);
        if (found.size > LIMITS.files) throw new Refused({ what: "files" });
      }
    }
  };
  await walk(folder, "", 0);
  return found;
}

/** The folder that somebody chooses; undefined if nobody did. */
async function chosen(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await (picker() as Picker)({ mode: "readwrite", id: "longma-rules" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    throw error;
  }
}

export class Folder {
  private constructor(
    readonly handle: FileSystemDirectoryHandle,
    /** The part of the paths before the house. */
    readonly prefix: string,
    /** What stands in the files, as far as the page knows. */
    readonly known: Map<string, string>,
  ) {}

  /** Asks for a folder and reads the house in it; undefined if nobody chose one. */
  static async choose(): Promise<Folder | undefined> {
    const handle = await chosen();
    return handle && Folder.read(handle);
  }

  /** Asks for a folder to write into; what stands in it is not read, so nothing of it is written over. */
  static async target(): Promise<Folder | undefined> {
    const handle = await chosen();
    return handle && new Folder(handle, "", new Map());
  }

  static async read(handle: FileSystemDirectoryHandle): Promise<Folder> {
    const files = await filesOf(handle);
    const prefix = prefixOf([...files.keys()]);
    const texts = new Map<string, string>();
    let total = 0;
    for (const [name, one] of files) {
      const path = name.startsWith(prefix) ? name.slice(prefix.length) : "";
      if (!isOfHouse(path)) continue;
      const why = nameFault(path);
      if (why !== undefined) throw new Refused({ what: "name", file: name, why });
      const file = await one.getFile();
      if (file.size > LIMITS.file) throw new Refused({ what: "size", file: name });
      total += file.size;
      if (total > LIMITS.total) throw new Refused({ what: "total" });
      texts.set(path, textOf(name, new Uint8Array(await file.arrayBuffer())));
    }
    if (![...texts.keys()].some((path) => path.startsWith("packs/"))) throw new Refused({ what: "empty" });
    return new Folder(handle, prefix, texts);
  }

  /** Takes a file away; false if it has been changed there since it was read, and `force` is not set. */
  async remove(path: string, force: boolean): Promise<boolean> {
    const parts = (this.prefix + path).split("/");
    const name = parts.pop() as string;
    try {
      let folder = this.handle;
      for (const part of parts) folder = await folder.getDirectoryHandle(part);
      const file = await (await folder.getFileHandle(name)).getFile();
      if (!force && textOf(path, new Uint8Array(await file.arrayBuffer())) !== this.known.get(path)) return false;
      await folder.removeEntry(name);
    } catch (error) {
      // One that is gone already needs no more.
      if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
    }
    this.known.delete(path);
    return true;
  }

  /** Writes a file back; false if it has been changed there since it was read, and `force` is not set. */
  async write(path: string, text: string, force: boolean): Promise<boolean> {
    const parts = (this.prefix + path).split("/");
    let folder = this.handle;
    for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
    const file = await folder.getFileHandle(parts.at(-1) as string, { create: true });
    const there = textOf(path, new Uint8Array(await (await file.getFile()).arrayBuffer()));
    if (!force && there !== text && there !== (this.known.get(path) ?? "")) return false;
    const stream = await file.createWritable();
    await stream.write(text);
    await stream.close();
    this.known.set(path, text);
    return true;
  }
}
