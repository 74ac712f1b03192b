import { byId } from '../dom.js';

/** Calls `dropped` with each file that is dropped into the page, or chosen with the button. */
export function setUpDropping(signal: AbortSignal, dropped: (file: File) => void): void {
  const choice = byId('file-choice', HTMLInputElement);
  byId('file-button', HTMLButtonElement).addEventListener('click', () => choice.click());
  choice.addEventListener('change', () => choice.files?.[0] && dropped(choice.files[0]));
  const over = (isOver: boolean): void => void document.body.toggleAttribute('data-dropping', isOver);
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;
  const on = (type: 'dragover' | 'dragleave' | 'drop', does: (event: DragEvent) => void): void =>
    document.addEventListener(type, (event) => hasFiles(event) && does(event), { signal });
  on('dragover', (event) => {
    event.preventDefault();
    over(true);
  });
  on('dragleave', ({ relatedTarget }) => relatedTarget === null && over(false));
  on('drop', (event) => {
    event.preventDefault();
    over(false);
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) dropped(file);
  });
}
