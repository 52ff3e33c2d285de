import { openFile } from '../model/recording.js';
import type { Opened } from '../model/recording.js';
import { part } from './dom.js';

/** Reads a file that a person picks. */
export function pickFile(
  button: HTMLButtonElement,
  input: HTMLInputElement,
  take: (name: string, opened: Opened) => void,
): void {
  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (!file) return;
    void openFile(file).then((opened) => take(file.name, opened));
    // The same file may be opened again.
    input.value = '';
  });
}

export function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Into the clipboard; where the browser does not allow that, where it can be copied by hand. */
export async function putText(button: HTMLButtonElement, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy text'), 2_000);
  } catch {
    const area = part('text-itself', 'textarea');
    area.value = text;
    part('text', 'dialog').showModal();
    area.select();
  }
}
