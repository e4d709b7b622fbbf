/** The folder of fixtures at the root of the repository; its README says what each file is. */
export const fixtures = new URL('../../../../fixtures/', import.meta.url);
