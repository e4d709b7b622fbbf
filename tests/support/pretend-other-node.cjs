/**
 * Required before a program: behaves as if all native packages had been installed for another Node.
 */
process.dlopen = (_module, file) => {
  const message =
    `The module '${file}'\nwas compiled against a different Node.js version using\n` +
    'NODE_MODULE_VERSION 115. This version of Node.js requires\nNODE_MODULE_VERSION 137.';
  throw Object.assign(new Error(message), { code: 'ERR_DLOPEN_FAILED' });
};
