// What the page keeps on the device: the key pair and the code, in IndexedDB, which keeps keys that no script can read.

const DATABASE = "longma.pass";
const STORE = "kept";

export interface Kept {
  key: { jwk: string; privateKey: CryptoKey };
  pass: string;
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error(DATABASE));
  });

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opened = indexedDB.open(DATABASE);
  opened.onupgradeneeded = () => opened.result.createObjectStore(STORE);
  const database = await done(opened);
  try {
    const transaction = database.transaction(STORE, mode);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error(DATABASE));
    });
    const [result] = await Promise.all([done(act(transaction.objectStore(STORE))), ended]);
    return result;
  } finally {
    database.close();
  }
}

export const read = <K extends keyof Kept>(name: K): Promise<Kept[K] | undefined> => within("readonly", (store) => store.get(name) as IDBRequest<Kept[K] | undefined>);
/** Keeps something in place of what was kept before. */
export const keep = <K extends keyof Kept>(name: K, value: Kept[K]): Promise<unknown> => within("readwrite", (store) => store.put(value, name));
/** Keeps something new; fails if there is one already. */
export const begin = <K extends keyof Kept>(name: K, value: Kept[K]): Promise<unknown> => within("readwrite", (store) => store.add(value, name));
export const remove = (name: keyof Kept): Promise<unknown> => within("readwrite", (store) => store.delete(name));
