import { useEffect, useRef, useState } from 'preact/hooks';

/** Pause in typing after which the search starts. */
const PAUSE_MS = 200;

interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchField({ value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), PAUSE_MS);
  };
  return (
    <label class="choice search">
      <span>Search</span>
      <input
        type="search"
        value={text}
        maxLength={300}
        placeholder="File name or group"
        spellcheck={false}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
    </label>
  );
}
