import type { KeyShelf, LetIn } from "./entrance.ts";

const STORE = "let-in";
const KEY = "this-host";

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open("earshot", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

async function withStore<Result>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await openDatabase();
  try {
    return await done(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

/** Keeps the browser's key in IndexedDB, which takes non-extractable keys as they are. */
export const browserKeyShelf: KeyShelf = {
  load: () => withStore<LetIn | undefined>("readonly", (store) => store.get(KEY)),
  async keep(letIn) {
    await withStore("readwrite", (store) => store.put(letIn, KEY));
  },
};
