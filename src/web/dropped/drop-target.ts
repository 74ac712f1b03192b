import { byId } from '../dom.js';

/** Calls `dropped` with the files that are dropped into the page, or chosen with the button. */
export function setUpDropping(signal: AbortSignal, dropped: (files: readonly File[]) => void): void {
  const choice = byId('file-choice', HTMLInputElement);
  byId('file-button', HTMLButtonElement).addEventListener('click', () => choice.click());
  const take = (files: FileList | null | undefined): void => {
    if (files && files.length > 0) dropped([...files]);
  };
  choice.addEventListener('change', () => take(choice.files));
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
    take(event.dataTransfer?.files);
  });
}
