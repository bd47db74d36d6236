import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** What Java makes of each archive named on standard input, as a file and as a stream: one line of JSON for each. */
public final class ReadArchives {
  private static final int CONTENT_MAX = 1 << 22;

  private interface Read {
    List<String[]> from(String path) throws Exception;
  }

  private static String digest(InputStream in) throws Exception {
    byte[] bytes = in.readNBytes(CONTENT_MAX);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static String[] member(ZipEntry entry, InputStream in) throws Exception {
    String content = digest(in);
    return new String[] {latin1(entry.getName()), entry.isDirectory() ? "directory" : "file", content};
  }

  private static String latin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static List<String[]> readFile(String path) throws Exception {
    List<String[]> members = new ArrayList<>();
    try (ZipFile archive = new ZipFile(path)) {
      for (ZipEntry entry : Collections.list(archive.entries())) {
        try (InputStream in = archive.getInputStream(entry)) {
          if (in == null) throw new IOException("no content");
          members.add(member(entry, in));
        }
      }
    }
    return members;
  }

  private static List<String[]> readStream(String path) throws Exception {
    List<String[]> members = new ArrayList<>();
    try (ZipInputStream in = new ZipInputStream(new FileInputStream(path))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        members.add(member(entry, in));
        in.closeEntry();
      }
    }
    return members;
  }

  private static List<String[]> readGzip(String path) throws Exception {
    try (InputStream in = new GZIPInputStream(new FileInputStream(path))) {
      return List.of(new String[][] {{"", "file", digest(in)}});
    }
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c < ' ' || c > '~' || c == '"' || c == '\\') out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }

  private static String answer(Read read, String path) {
    try {
      List<String> members = new ArrayList<>();
      for (String[] member : read.from(path))
        members.add("[" + quoted(member[0]) + "," + quoted(member[1]) + "," + quoted(member[2]) + "]");
      return "[" + String.join(",", members) + "]";
    } catch (Exception error) {
      return "{\"error\":" + quoted(String.valueOf(error)) + "}";
    }
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String path = lines.readLine(); path != null; path = lines.readLine()) {
      String answers = "";
      if (path.endsWith(".zip"))
        answers = "\"java\":" + answer(ReadArchives::readFile, path) + ",\"java, as a stream\":" + answer(ReadArchives::readStream, path);
      if (path.endsWith(".gzip")) answers = "\"java\":" + answer(ReadArchives::readGzip, path);
      System.out.println("{\"path\":" + quoted(path) + ",\"answers\":{" + answers + "}}");
    }
  }
}
