/** Explains the marks on pictures. */
export function Legend({ compares }: { readonly compares: boolean }) {
  return (
    <ul class="legend" aria-label="Marks">
      <li>
        <span class="tag pick">{compares ? 'A' : 'pick'}</span>{' '}
        {compares ? 'picked by the version shown' : 'picked, with its crop'}
      </li>
      {compares && (
        <li>
          <span class="tag compared">B</span> picked by the version compared
        </li>
      )}
      <li>
        <span class="tag person">person</span> chosen by the person, with their crop
      </li>
    </ul>
  );
}
