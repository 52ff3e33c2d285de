const closed = (): never => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};

/**
 * What a page meets from the moment the person blocks site data: open connections end, and nothing can be opened. What
 * browsers do when the page is loaded after that is tested with the browser's own means.
 */
export function block(): () => void {
  const { open } = IDBFactory.prototype;
  const { transaction } = IDBDatabase.prototype;
  const { request } = LockManager.prototype;
  const storage = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage')!;
  IDBFactory.prototype.open = closed;
  IDBDatabase.prototype.transaction = function end(this: IDBDatabase) {
    this.close();
    throw new DOMException('The database connection is closing.', 'InvalidStateError');
  };
  LockManager.prototype.request = async () => closed();
  Object.defineProperty(globalThis, 'sessionStorage', { ...storage, get: closed });
  return () => {
    IDBFactory.prototype.open = open;
    IDBDatabase.prototype.transaction = transaction;
    LockManager.prototype.request = request;
    Object.defineProperty(globalThis, 'sessionStorage', storage);
  };
}
