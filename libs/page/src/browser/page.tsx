import { render } from 'preact';

render(<main>Cullstream</main>, document.body);
