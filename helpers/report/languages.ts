/** Languages in which reports for people can be had; results are English throughout. */
export const reportLanguages = ['en', 'ko'] as const;
export type ReportLanguage = (typeof reportLanguages)[number];
