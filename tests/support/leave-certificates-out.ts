// Every process of a test would read the certificates of one's network when it starts, for a tenth of
// a second of the processor. Only npm, which reaches that network, needs them.
const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
if (certificates !== undefined) {
  process.env['NPM_CERTIFICATES'] = certificates;
  delete process.env['NODE_EXTRA_CA_CERTS'];
}
