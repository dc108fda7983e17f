package io.manhole;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under a header, aligned, for a screen of about 120 columns. Whatever is in a cell stays on its line. */
final class Table {

    /** A column of text, or with {@code right} of numbers; longer cells are cut, shorter ones padded. */
    record Column(String title, int max, boolean right) {}

    static Column text(String title, int max) {
        return new Column(title, max, false);
    }

    static Column number(String title) {
        return new Column(title, 20, true);
    }

    private final List<Column> columns;
    private final List<String[]> rows = new ArrayList<>();

    Table(Column... columns) {
        this.columns = List.of(columns);
        rows.add(Arrays.stream(columns).map(Column::title).toArray(String[]::new));
    }

    void row(Object... cells) {
        String[] row = new String[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = Printable.line(String.valueOf(cells[i]), columns.get(i).max());
        }
        rows.add(row);
    }

    @Override
    public String toString() {
        int[] widths = new int[columns.size()];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String padding = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : "  ");
                line.append(columns.get(i).right() ? padding + row[i] : row[i] + padding);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
