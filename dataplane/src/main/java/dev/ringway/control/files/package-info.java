/** Services and EndpointSlices out of files, kept up to date. */
package dev.ringway.control.files;
