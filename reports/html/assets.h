/*
 * assets: the texts of which report.html and the live page are made, as they were when heapchurn
 * was built, so that the program needs no file at run time. NUL-terminated.
 *
 * The uplot ones are empty where the library was not there: then the pages are written
 * without its charts, and say so.
 */
#pragma once

extern const char asset_page_html[];
extern const char asset_page_css[];
extern const char asset_chart_js[];
extern const char asset_report_js[];
extern const char asset_live_html[];
extern const char asset_live_js[];
extern const char asset_uplot_js[];
extern const char asset_uplot_css[];
extern const char asset_uplot_license[];
